"""Judgements from elsewhere: interchange files of ratings, rankings and pairs, stored like answers given here."""
