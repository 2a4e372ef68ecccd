"""The outside world in small: a Slack workspace, a mail sink and one page to act in both.

Started by `samband demo` and by tests. Knows nothing of the community but what is injected.
"""
