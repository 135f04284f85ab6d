"""How long things last unless the body's city asks for less: every default of a small office, once.

Rules read them from here, and the page of defaults shows exactly these. Units are in the names.
"""

from __future__ import annotations

APPOINTMENT_MONTHS = 13
"""A year and the month in which a general assembly's day may move: April must not close the door."""
TRAINING_MONTHS = 12
WARNING_DAYS = 14
"""What merely ages says so this long before it closes anything."""

KEEPING_PROPOSED_DAYS = 14
KEEPING_MOST_DAYS = 31
"""Cut at the calendar month when footage is dated."""

SIGN_PHOTO_DAYS = 7
"""From the declaration to the photo; after that nothing is recorded."""
SIGN_PHOTO_AGAIN_DAYS = 365
WALK_ROUND_DAYS = 183
"""Six months, counted the short way."""
ROOM_CHECK_DAYS = 183
PC_CHECK_DAYS = 92
DEFINITIONS_DAYS = 7
"""How old the definitions of a virus scanner may be on the day of the check."""
IDLE_MINUTES = 10
IDLE_MOST_MINUTES = 30
"""Until a page that nobody touches is covered, and what the body may make of it."""
PRIVACY_REVIEW_YEARS = 3
EXPLANATION_DAYS = 14
OWN_MONTH_SIGN_DAYS = 45
"""From the end of a month of own approvals until a reader outside has signed its sheet."""
REGULATIONS_DAYS = 14

COMPLAINT_REPLY_WORKING_DAYS = 3
COMPLAINT_ANSWER_DAYS = 14

LEAK_FIRST_REPORT_DAYS = 5
LEAK_FINAL_REPORT_DAYS = 30
LEAK_FINAL_REPORT_WRONGFUL_DAYS = 60
"""Where a wrongful purpose is possible."""
