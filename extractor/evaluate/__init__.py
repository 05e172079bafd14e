"""Scores records against a gold set: rates with bootstrap intervals, errors in context, reliability of confidences."""
