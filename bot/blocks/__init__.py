"""What Slack shows: values in, Block Kit out. Pure; every size is within Slack's limits by itself.

Words from people and mails only ever become `plain_text`, so nothing in them is a mention, a link
or an emoji (threat 30).
"""
