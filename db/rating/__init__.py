"""Rating rounds: opened, marked, reckoned, taken through their steps, sealed, corrected, explained."""
