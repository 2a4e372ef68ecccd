"""Settings and the log. A leaf: it knows no other package of ours."""
