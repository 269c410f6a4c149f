"""What the crew has of its own: their page, its link and calendar, their names, and the swap of a place."""
