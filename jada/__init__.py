"""Charter operations that agree with themselves: wiring, the REST API, the board."""
