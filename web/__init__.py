"""The browser door: pages, and links in mails. Each page reads, calls one act or question, shows.

`web.app.build` puts it together; nothing here decides anything about the community.
"""
