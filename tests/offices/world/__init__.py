"""A county, its townships and the sticks between them, on real databases, moved by one source of chance.

| module | what |
|---|---|
| `chance` | all that differs from run to run (ids, moments, incarnations) comes from the seed |
| `seats`, `sticks` | a desk whose file stays open; a stick that is pulled out, torn or forgetful |
| `county` | the offices and what everybody ever said; every step goes into the trace |
| `rows` | what people write and decide at their desks |
| `attaching` | photos and scans, which travel in containers beside the packets |
| `transfers` | members go to another township with what is known of them |
| `carrying`, `mishaps` | packets and receipts go about; files are damaged, lost and found again |
| `going_back`, `killing` | backups, copies by hand, second PCs; the power goes |
| `mix` | every step and how often it happens |
| `wholeness` | every attachment is there at both sides, byte for byte |
| `rest` | all exchange until nothing moves any more, then every oracle holds |

The same seed does the same and leaves the same trace.
"""
