"""How people bind themselves in English."""

from __future__ import annotations

from typing import Final

from rapport.understanding.commitments.ways import Ways, begun, cased, whole

_DO: Final = (
    r"(?:get (?:back|in touch|(?:this|that|it|your \w+|the \w+) (?:\w+ed|sent|done|out|over)|someone|somebody|"
    r"(?:a|an) \w+ (?:to|out))|come (?:back|by|over|round|out)|be (?:back|in touch|with you|home|sure to|"
    r"there (?:on|at|by)|"
    r"here on|around|calling|sending|contacting|in contact|emailing|getting|processing|refunding|replacing|"
    r"shipping|posting|looking|checking|"
    r"having|picking|delivering|tweeting|reaching)|follow up|look into|check|find out|let (?:you|them|u|y'all|"
    r"him|her) know|send|call(?! it)|ring|phone|"
    r"e?-?mail|dm|message|text|write|tweet|post|share|tell|pay|transfer|wire|return|ship|deliver|refund|"
    r"reimburse|replace|fix|sort|solve|resolve|"
    r"repair|update|report|forward|reply|respond|answer|arrange|escalate|raise|contact|reach out|credit|waive|"
    r"remove|cancel|delete|correct|change|"
    r"adjust|apply|bring|drop|pick|collect|do (?:that|so|it|this|my best)|confirm|keep (?:you|an eye)|"
    r"pass (?:it|this|that|your|the|on)|make sure|"
    r"ensure|see to|take care|have (?:a|an|someone|somebody|it|this)|hold|reserve|book|schedule|set (?:up|"
    r"aside)|process|issue|put|"
    r"test|try (?:it|this|again|tonight|tomorrow)|sign|submit|upload|fill|give (?:you|it|them|u|this)|show|"
    r"order|provide|prepare|offer you|investigate|"
    r"speak (?:to|with)|talk to|ask|remind|leave (?:you|a review|a|it)|review|recommend|visit|personally|match|"
    r"compensate|extend|stay in touch|"
    r"buy (?:it|one|another)|hand|be (?:paying|returning))"
)
_BIND: Final = (
    r"(?:['’]ll|\s+will|\s+shall|['’](?:m|re) going to|\s+(?:am|are) going to|\s+(?:am |are )?gonna|['’](?:m|"
    r"re) gonna|\s+promise (?:to|(?:that )?(?:i|we)(?:['’]ll| will))|\s+(?:commit|undertake|pledge) to|"
    r"\s+guarantee)"
)
_PEOPLE: Final = (
    r"(?:(?:our|my|the|a|an)\s+(?:\w+\s+){0,2}?(?:engineer|technician|colleague|team|manager|specialist|driver|"
    r"courier|advisor|adviser|agent|plumber|"
    r"electrician|accountant|husband|wife|boss|assistant|supervisor|department|warehouse|store|shop|expert|"
    r"developer|developers|support|fitter|"
    r"sister|brother|mother|father|son|daughter|lawyer|bank|partner|parcel|replacement|refund|battery|order|"
    r"package|letter|contract|voucher|"
    r"invoice|credit|update|fix|part|parts|money|card|item|document|documents|payment)|someone|somebody|"
    r"one of (?:us|our \w+)|he|she|they|it|"
    r"(?:mr|mrs|ms|miss|dr)\.? \w+|your (?:\w+\s){0,2}?(?:refund|money|order|parcel|card|replacement|account|"
    r"package|credit|new \w+))"
)
WAYS: Final = Ways(
    own=begun(
        rf"(?:i|we|both of us)(?:\s+(?:personally|also|just|then|now))?{_BIND}\s+(?:\w+ly\s+|also\s+|just\s+|"
        rf"definitely\s+|try and\s+|go and\s+)?{_DO}(?!\w)|"
        r"(?:i|we) (?:commit|undertake|pledge) to \w+ing|"
        rf"(?:will|gonna|going to)\s+(?:also |definitely )?{_DO}(?!\w)|"
        r"(?:i|we)(?:['’]ll| will| shall) guarantee|(?:i|we) (?:can )?(?:guarantee|"
        r"promise)(?: you)?(?: that)? (?:i|we|you|it|to|the|your|nobody|no)(?!\w)|you have (?:my|our) word|"
        r"consider it done|"
        r"let me (?:check|look|find|see what|speak|ask|get|have a)[^.!?]{0,60}(?:get back|come back|let you know)|"
        r"give (?:me|us) (?:a|an|\d+|until|till) [^.!?]{0,30}(?:and (?:i|we)(?:['’]ll| will))"
    ),
    now=begun(
        r"(?:i|we)(?:['’](?:m|re)| am| are) (?:now |just |currently )?(?:forward|escalat|send|refund|ship|look|"
        r"transfer|pay|call|email|mail|post|dispatch|replac|"
        r"bring|return|cancel|arrang|credit|process|com|drop|pick|put|sort|get|hav|issu|check)\w*ing|"
        r"(?:forward|escalat|send|refund|shipp|transferr|pay|call|email|mail|sign|bring|return|dropp|post|"
        r"upload)\w*ing (?!is |was |the same)|(?:payment|money|refund|transfer|parcel|docs|documents|cash|"
        r"order|it)(?:['’]s| is| are)? (?:coming|going out|on its way|on the way)|"
        r"expect (?:a|an|to hear|it|your|the|our) [^.!?]{1,60}"
    ),
    other=begun(
        rf"{_PEOPLE}\s+(?:[\w ]{{0,30}}?\s)?(?:will|['’]ll|shall|is going to|are going to|"
        rf"is (?:now )?(?:picking|coming|calling|on (?:its|the) way|due|booked|scheduled|being)|goes out|go out|"
        rf"leaves|arrives|gets|comes|ships)(?!\w)|"
        rf"(?:he|she|they|it)['’]ll\s|you(?:['’]ll| will| shall| should|"
        rf" are going to)\s+(?:\w+ly\s+)?(?:receive|get|have|hear|be (?:refunded|contacted|called|credited|"
        rf"reimbursed|compensated))(?!\w)|"
        rf"the [\w ]{{2,40}} will (?:be|go|reach|arrive|come)(?!\w)|a [\w ]{{2,30}} (?:will|"
        rf"is on its way)(?!\w)|[A-Z]\w+ (?:from|of|in) (?:our|the|my) [\w ]{{2,30}} will(?!\w)"
    ),
    given=begun(
        r"(?:you|u|you guys|they|your (?:\w+ ){1,3}|the (?:\w+ ){1,4}|(?:mr|mrs|ms|miss)\.? \w+ |"
        r"\w+ )(?:from your \w+ )?\s?(?:had |have |has |'ve |'d )?(?:already )?"
        r"(?:promised|guaranteed|guarantee me|assured|swore|undertook|pledged|agreed to|committed to|"
        r"(?:told|said to) (?:me|us)(?: on the phone)?(?: that)? (?:i|you|u|we|it|they|he|she|someone|somebody|"
        r"the \w+|my \w+)\s?(?:['’]?d|['’]?ll| ?would| ?will|was going to|were going to|(?:am|is|are) getting)|"
        r"said (?:that )?(?:you|u|it|i|we|they|he|she|someone|somebody|the \w+|my \w+)\s?(?:['’]?d|['’]?ll|"
        r" ?would| ?will|was going to|were going to))(?!\w)|"
        r"(?:i|we)(?:['’](?:ve|d)|\s+was|\s+were|\s+am|\s+are|\s+have|\s+had|\s+got|\s+have been|"
        r"['’]ve been)\s*(?:been )?(?:promised|guaranteed|assured|"
        r"told (?:that )?(?:you|it|i|we|they|someone|somebody|he|she|the \w+|my \w+)\s?(?:['’]?d|['’]?ll|"
        r" ?would| ?will|was|were))(?!\w)|"
        r"was (?:promised|guaranteed)(?!\w)"
    ),
    never=whole(
        r"rest assured|if|unless|provided (?:that|you)|won['’]?t|wont|will not|['’]ll (?:not|never)|shall not|"
        r"never|not going to|unable|unfortunately|can(?:no|['’])?t|will (?:you|u)|"
        r"i(?:['’]ll| will) (?:be honest|have to|need to|see|think|admit|say|take my|assume|wait|"
        r"keep everything crossed)|i think|maybe|perhaps|probably|might|usually|normally|typically|"
        r"most customers|in general|generally|i thought|thought you|as you promised|will depend|"
        r"your (?:site|website|terms|app|policy|ad|advert) (?:says?|said)|says \"?we|no way|it says|policy"
    ),
    names=cased(
        r"(?:(?:[Mm]y|[Oo]ur|[Yy]our) (?:colleague|engineer|technician|manager|agent|advisor|adviser|driver|"
        r"specialist|boss|team ?mate)\s+)(?P<name>[A-Z]\w+)|(?P<name2>[A-Z]\w+) (?:from|of|in) (?:our|my|"
        r"your) \w+"
    ),
    hints={
        "own": (
            "will",
            "’ll",
            "'ll",
            "shall",
            "going to",
            "gonna",
            "promise",
            "guarant",
            "commit",
            "undertak",
            "pledg",
            "word",
            "consider it",
            "let me",
            "give me",
            "give us",
        ),
        "now": (
            "forward",
            "escalat",
            "sending",
            "refunding",
            "shipping",
            "transferring",
            "paying",
            "calling",
            "mailing",
            "posting",
            "dispatch",
            "replacing",
            "bringing",
            "returning",
            "cancelling",
            "arranging",
            "crediting",
            "processing",
            "coming",
            "dropping",
            "picking",
            "putting",
            "sorting",
            "issuing",
            "checking",
            "signing",
            "uploading",
            "looking",
            "getting",
            "having",
            "expect",
            "going out",
            "on its way",
            "on the way",
        ),
        "given": (
            "promis",
            "guarant",
            "assured",
            "swore",
            "undertook",
            "pledged",
            "agreed",
            "committed",
            "told",
            "said",
        ),
    },
)
