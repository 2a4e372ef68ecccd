"""What Samband says by itself: the words of every notice, for whichever door carries it.

A door reads a notice's `Letter` from `letters.kinds` and shows it its own way: blocks in Slack,
text and HTML by mail, a page on the web. One set of words, one set of actions.
"""
