"""What the office does with aid: money in and out, recognition, batches by rule, payment, loans."""
