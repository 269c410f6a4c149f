"""The first version of the waiver's text.

Written by engineers in plain words. Counsel must review it before a guest signs it in earnest; what counsel changes
becomes version 2, by a migration like this one. The text that people signed stays as it was.
"""

import hashlib

from django.db import migrations

NOTE = "Drafted in plain language by the people who built this system. Counsel must review it before it is relied on."

BODY = """\
Please read this before you sign. It is short on purpose, and it matters: by signing you accept the risks of sailing \
and give up the right to claim for some of what can go wrong. “We” and “us” mean the operator of the yacht, her owners, \
her captain and her crew.

# What you are about to do
You are going sailing on a real sailing yacht, on open water, with a professional captain and crew. You are a guest. You \
do not have to work the boat, and if you lend a hand you do it because you want to.

# The risks
A yacht moves, leans and stops without warning. The deck can be wet. Sails, lines, winches and the boom carry loads that \
can injure or kill. You can slip, fall, be struck, be pinched or burned by a line, be seasick, get too much sun or too \
cold, or fall overboard and drown. The wind, the waves, other vessels and wildlife are beyond anybody’s control. Help may \
be far away. No list is complete, and even careful people get hurt.

# You accept them
You have thought about these risks and you choose to come. You accept them for yourself, those named here and those that \
belong to sailing although nobody named them.

# What you promise
You will listen to the captain, whose word is final on board, and do as the crew asks for everybody’s safety. You will \
keep one hand for yourself when you move about, stay clear of the boom and of moving lines, and wear a life jacket when \
you are told to. You will not come aboard drunk or drugged, and you will bring nothing illegal or dangerous.

# Your health
As far as you know you are fit to sail. If you have a condition that the captain should know about, if you cannot swim \
or if you are expecting a child, you will tell the captain before we leave the dock. If you are hurt, we may give first \
aid and call for help, and you pay for treatment that others give you.

# What you give up
As far as the law allows, you release us from claims for injury, death or loss of property that come from the risks of \
this trip, including claims for our ordinary negligence. You do not give up claims for gross negligence, recklessness or \
harm done on purpose, nor any right that the law does not let you give up. This also binds your heirs and those who act \
for you.

# Your things
Bring little and keep it close. We do not answer for phones, cameras, jewelry or clothes that are lost, wet or broken.

# When plans change
The captain may change the course, shorten the trip or stay at the dock when the weather or safety asks for it.

# If you sign for a minor
You confirm that you are the parent or legal guardian of each person under 18 whom you name, or that their parent or \
guardian has given you the authority to sign. You agree to all of this for them as well, you have talked with them about \
the captain’s rules, and you answer for them on board.

# The law, and your signature
The maritime law of the United States applies, and beside it the law of California. If one part of this text turns out \
not to hold, the rest stays. You agree that your signature on this screen counts like one on paper (the federal E-SIGN \
Act), and that we keep a record of what you were shown, what you entered and how you signed. You may ask the office for a \
copy at any time.
"""


def install(apps, schema_editor):
    digest = hashlib.sha256(BODY.encode()).hexdigest()
    apps.get_model("waivers", "WaiverText").objects.create(version=1, body=BODY, digest=digest, note=NOTE)


class Migration(migrations.Migration):
    dependencies = [("waivers", "0001_waivers")]
    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
