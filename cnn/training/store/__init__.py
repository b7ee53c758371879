"""The run store, where pages and workers meet: its tables, and every query on them."""
