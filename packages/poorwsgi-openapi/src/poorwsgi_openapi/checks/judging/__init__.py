"""The judging of values by schemas, with a bound on what it costs.

From the ground up: ``sameness`` (when two values are equal), ``run`` (what one
judgement may cost and has found), ``keywords`` and ``branches`` (what each keyword
asks), ``evaluated`` (what ``unevaluatedProperties`` looks at), ``foreign`` (keywords
of somebody else), ``judge`` (schemas prepared), ``typed`` (values made).
"""
