"""What the office types into an event, read and written: titles, descriptions, names, hours, numbers."""
