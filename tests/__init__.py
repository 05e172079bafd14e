"""Tests; see conftest.py."""
