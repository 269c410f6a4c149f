"""Google's calendar: its API, the login to it, its copies of events, and its announcements."""
