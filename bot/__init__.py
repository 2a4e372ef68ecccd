"""The Slack door: reads what members do, calls one act or question, shows the answer as blocks."""
