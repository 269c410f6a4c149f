"""Words of the marketplaces' mails that stand where a guest's name may stand, in small letters."""

ORDINARY = frozenset(
    str.split(
        "able aboard about above accept accepted accepts account action activity add-on address admin adult"
        " adults after afternoon again agency agent alert all already also although am amended amount and"
        " anniversary anonymous another answer answers any anyone anything app approval approve approved are"
        " arrival arrive arrives as at attached auto automatic automatically available bachelor bachelorette"
        " balance be because been before being below birthday boarding boat boats boatsetter book booked booking"
        " bookings both breakfast broker brunch but buyer by calendar can cancel canceled canceling cancellation"
        " cancelled cancelling cancels cannot capt captain catamaran catering cell change changed changes changing"
        " charged charter chartered charterer charters cheers child children click client clients closed code"
        " coming company complete completed concert conditions confirm confirmation confirmed confirms congrats"
        " congratulating congratulations contact corporate cost could count couple credit cruise cruises cruising"
        " currently customer customers dashboard date dates days debit deckhand decline declined deleted departs"
        " departure deposit despite detail details did dinner direct discount dock does doing done download drop-"
        " off due duration during e-mail each edt either email end ends enquiry est evening event every everybody"
        " everyone everything exciting experience experiences expired families family fee feedback fees few final"
        " finally first fishing for forecast free friday friends from fuel full getmyboat getting gmt going google"
        " gratuity great group guest guests had half happy harbor harbour has have having hello help here hers hey"
        " hi hidden him his holiday holidays hooray host hosts hour hours how however identity if important in"
        " inbox infant infants info information inquiry instant instantly insurance into invoice is island it"
        " itinerary its kid kids know knows lapsed least length less license link list listing lists location look"
        " looking looks lunch made mail mails make makes making manage manager many mastercard meeting member"
        " members message messages midnight might minute minutes mobile modification modified monday month morning"
        " mornings move moved much music must name names need needed needs neither new next night nobody none noon"
        " not note notes nothing notice notification now null number of off offer offered offers office officially"
        " okay old onboard online only onto open opened operator order original other our ours out over owner"
        " owners paid partial partially partner party passenger passengers pay payer payment payments payout"
        " payouts paypal pdt pending people per person persons phone pickup plan plans please pm policies policy"
        " previous private processed processing profile promo proposal provided pst public question questions rate"
        " rating ready receipt received recently ref reference refund refunded regards rejected remaining reminder"
        " rental rentals renter renters reply request requested requests required reschedule rescheduled"
        " reservation reservations reserve reserved return returns route safely safety sail sailboat sailed"
        " sailing sails same saturday says schedule schedules schooner season security seller sent service"
        " services set several shall share ship should since sincerely size skipper slip snorkeling some somebody"
        " someone something soon sorry special staff start starts status still stripe successfully summary sunday"
        " sunrise sunset support sure tap tax taxes tba tbd team telephone tentatively terms thank thanks that the"
        " their theirs them then there these they think this those thur thurs thursday ticket till time times tip"
        " today tomorrow tonight too total tour tours traveler travelers traveller travellers trip trips tues"
        " tuesday unavailable undefined unknown unless unpaid until unverified up update updated updates updating"
        " urgent us user users utc vendor verified very vessel via view visa voyage waiver want wanted wants was"
        " watching we weather website wedding wednesday week weekend weeks welcome were whale what when where"
        " which while who whom whose why wind with within without would wrote yacht yachts year yes yesterday yet"
        " you your yours"
    )
)
"""No part of a name. What people are called as well (Grace, Price, Young) is not among them."""

BORNE_TOO = frozenset(
    str.split(
        "a an bay be beach crew day do early fri get go good he her i id just last let mate me mine mon more most"
        " my na no ok on or pier port price sat see she so sun than thu to tue wed"
    )
)
"""Parts of a name where others stand beside them (“An Nguyen”, “Chris Price”), ordinary words by themselves."""

NAMES_WITH_A_LABEL = frozenset(
    str.split(
        "january february march april may june july august september october november december will marina spring"
        " summer fall autumn winter"
    )
)
"""Names behind “Renter:”; a month, a verb or a place where they stand alone in a sentence."""
