"""What make_reading.py fills in: words, and sentences with the questions they answer.

A slot is a kind of word and a number, `{town2}`: within a paragraph all slots of a kind differ, and years and
numbers stand for themselves. Kinds that end in capital `{He}`, `{he}`, `{him}`, `{His}`, `{his}` follow person1.
Of every list of sentences and of every list of questions the last is kept for evaluation.
"""

GIVEN = {
    "train": {
        "she": "Alice Anna Clara Edith Emma Grace Helen Irene Jane Laura Lucy Martha Mary Nora Rosa Ruth Sarah Sophie "
        "Agnes Ellen Florence Judith",
        "he": "Adam Albert Arthur Carl David Edgar Felix Frank George Henry Hugo Isaac James John Leon Martin Oscar Paul "
        "Peter Robert Simon Thomas",
    },
    "eval": {
        "she": "Amelia Beatrice Charlotte Diana Esther Julia Margaret Victoria",
        "he": "Andrew Charles Daniel Edward Louis Philip Samuel Walter",
    },
}
FAMILY = {
    "train": "Abbott Barker Bell Black Brook Carter Chapman Cole Cook Cross Dale Dean Drake Fisher Fletcher Flint Ford "
    "Foster Fox Frost Gale Gardner Glover Gray Hall Harper Hart Hawk Heath Hill Holt Hunter Kemp Knight Lane Lowe Marsh "
    "Mason Miller Moss Nash Page Parker Pike Porter Reed Rivers Rose Shaw Sharp Stone Swift Turner Vale Waters Webb "
    "Wells West Wood Young",
    "eval": "Archer Baker Birch Butler Crane Dawson Ellis Finch Graves Hale Lamb Morris Noble Price Rowe Snow Thorne "
    "Walsh Ward Winter",
}
TOWN = {
    "train": "Ashford Bradwell Brookfield Clayton Crawford Dalton Denby Easton Fairview Glenwood Greenfield Hampton "
    "Hartley Holbrook Kingston Lakeside Langley Linden Marlow Melrose Milford Milton Newport Norwood Oakdale Preston "
    "Redfield Riverside Sheffield Shelby Stafford Stanton Sutton Thornton Walton Weston Whitfield Windsor Woodland "
    "Wexford",
    "eval": "Ashland Bedford Carlton Clifton Dover Fairfield Hastings Highland Lancaster Lexington Northfield Oxford "
    "Richmond Salem Trenton Westfield",
}
RIVER = {
    "train": "Avon Blackwater Clear Dee Elm Fern Heron Otter Raven Severn Silver Tay Thorn Trent Tweed Willow",
    "eval": "Amber Beaver Cedar Crystal Eagle Falcon Swan Wolf",
}
SHIP = {
    "train": "Morning Star|Blue Heron|Iron Duke|Silver Arrow|Northern Light|Sea Witch|Golden Lion|White Swan|Evening "
    "Tide|Red Rose|Black Pearl|Royal Oak|Western Wind|Proud Mary|Old Faithful|Lady Jane|Green Dragon|Wild Goose|Sea "
    "Horse|Grey Wolf",
    "eval": "Southern Cross|White Eagle|Golden Crown|Silver Moon|Brave Heart|Red Fox|Ocean Queen|Bright Angel",
}
COLOUR = {
    "train": "north south east old new upper lower royal grand central union western",
    "eval": "imperial eastern northern southern national summer",
}
WORDS = {
    "trade": "baker|teacher|doctor|painter|farmer|sailor|lawyer|printer|carpenter|singer|gardener|librarian|tailor|priest|"
    "soldier|merchant|journalist|dancer|miner|judge",
    "subject": "music|law|medicine|chemistry|geometry|drawing|astronomy|botany|printing|navigation|weaving|cooking|"
    "carving|surgery|dancing|arithmetic|poetry|history|Latin|Greek",
    "device": "clock|telescope|printing press|water pump|piano|steam engine|sewing machine|camera|compass|loom|organ|lamp|"
    "balloon|bicycle|typewriter|water wheel|microscope|calculator|radio|plough",
    "material": "copper|brass|oak|steel|glass|silver|iron|bamboo|leather|marble|ivory|tin|bronze|granite|cedar|gold|"
    "aluminium|pine|walnut|lead",
    "ware": "wool|salt|paper|cheese|glass|beer|coal|honey|pottery|tea|wine|silk|apples|leather|bricks|sugar|tobacco|soap|"
    "cotton|butter",
    "animal": "horses|sheep|swans|goats|pigeons|bees|parrots|cattle|monkeys|dogs|geese|camels|wolves|owls|rabbits|deer",
    "prize": "a gold medal|a silver cup|a white horse|a house|a diamond ring|a golden crown|a sword|a bronze statue|a rare "
    "book|a large cheese|a silk coat|a silver watch",
    "disaster": "a fire|a flood|a storm|an earthquake|a gas leak|a riot|heavy snow|a thunderstorm|an epidemic|a strike",
    "peril": "a fire|a storm|a collision|an explosion|an attack|a leak|thick ice|heavy fog|an iceberg|a hurricane",
    "month": "January|February|March|April|June|July|August|September|October|November|December",
    "building": "library|school|hospital|theatre|museum|town hall|church|market hall|observatory|railway station|prison|"
    "university|lighthouse|mill",
    "land": "Iceland|Norway|Brazil|India|Greenland|Egypt|China|Peru|Canada|Portugal|Japan|Chile|Cuba|Morocco|Italy|Spain|"
    "Malta|Finland",
}

# Each fact: the sentences that can state it, and the questions for each slot that its sentences share.
# A paragraph is the first fact of its subject and some of the others, in this order.
SUBJECTS = {
    "person": [
        (
            [
                "{person1} was born in {town1} in {year1}.",
                "{person1}, a {trade1}, was born in {town1} in {year1}.",
                "In {year1}, {person1} was born in the town of {town1}.",
                "Born in {town1} in {year1}, {person1} first worked as a {trade1}.",
            ],
            {
                "town1": [
                    "Where was {person1} born?",
                    "In which town was {person1} born?",
                    "What was the birthplace of {person1}?",
                    "In what town did the life of {person1} begin?",
                ],
                "year1": [
                    "When was {person1} born?",
                    "In what year was {person1} born?",
                    "What is the year of birth of {person1}?",
                    "In which year did the life of {person1} begin?",
                ],
            },
        ),
        (
            [
                "{He} learned {subject1} from {person2} in {town2}.",
                "{person2} taught {him} {subject1} in {town2}.",
                "As a student in {town2}, {he} studied {subject1} under {person2}.",
                "In {town2}, {his} teacher in {subject1} was {person2}.",
            ],
            {
                "person2": [
                    "Who taught {person1} {subject1}?",
                    "Who was the teacher of {person1}?",
                    "From whom did {person1} learn {subject1}?",
                    "Under whom did {person1} study {subject1}?",
                ],
                "town2": [
                    "Where did {person1} study {subject1}?",
                    "In which town did {person1} learn {subject1}?",
                    "Where did {person1} go to study?",
                ],
                "subject1": [
                    "What did {person1} study?",
                    "What did {person2} teach?",
                    "What did {person1} learn from {person2}?",
                ],
            },
        ),
        (
            [
                "In {year2} {he} built a {device1} out of {material1}.",
                "{He} made a {device1} of {material1} in {year2}.",
                "{His} {device1}, made of {material1}, was finished in {year2}.",
                "The {device1} that {he} invented in {year2} was made of {material1}.",
            ],
            {
                "year2": [
                    "When did {person1} build the {device1}?",
                    "In what year was the {device1} finished?",
                    "When was the {device1} made?",
                ],
                "device1": [
                    "What did {person1} build in {year2}?",
                    "What did {person1} make of {material1}?",
                    "What was made of {material1}?",
                ],
                "material1": [
                    "What was the {device1} made of?",
                    "Of what material was the {device1} of {person1} built?",
                    "What did {person1} use to build the {device1}?",
                ],
            },
        ),
        (
            [
                "{He} married {person3}, a {trade2} from {town3}.",
                "{His} marriage to {person3}, a {trade2} of {town3}, was a happy one.",
                "In {town3} {he} met and married the {trade2} {person3}.",
                "A {trade2} in {town3}, {person3}, married {him}.",
            ],
            {
                "person3": [
                    "Who married {person1}?",
                    "Whom did {person1} marry?",
                    "To whom was {person1} married?",
                    "What was the name of the {trade2} whom {person1} married?",
                ],
                "trade2": [
                    "What was the trade of {person3}?",
                    "What did {person3} do for a living?",
                    "What was the job of {person3}?",
                ],
                "town3": [
                    "Where did {person3} come from?",
                    "From which town was {person3}?",
                    "What was the home town of {person3}?",
                ],
            },
        ),
        (
            [
                "{He} kept {number1} {animal1} in {his} garden.",
                "{His} garden was home to {number1} {animal1}.",
                "Visitors remembered the {number1} {animal1} in {his} garden.",
                "There were {number1} {animal1} in the garden behind {his} house.",
            ],
            {
                "number1": [
                    "How many {animal1} did {person1} keep?",
                    "How many {animal1} were in the garden?",
                    "How many {animal1} did {person1} own?",
                ],
                "animal1": [
                    "What animals did {person1} keep?",
                    "Which animals lived in the garden?",
                    "What kind of animals did {person1} own?",
                ],
            },
        ),
        (
            [
                "{He} died in {town4} in {year3}.",
                "In {year3}, {he} died at home in {town4}.",
                "{His} death in {town4} in {year3} was sudden.",
                "Until {his} death in {year3} {he} lived in {town4}.",
            ],
            {
                "town4": [
                    "Where did {person1} die?",
                    "In which town did {person1} die?",
                    "What was the place of death of {person1}?",
                ],
                "year3": [
                    "When did {person1} die?",
                    "In what year did {person1} die?",
                    "What was the year of death of {person1}?",
                ],
            },
        ),
    ],
    "town": [
        (
            [
                "{town1} was founded by {person1} in {year1}.",
                "In {year1}, {person1} founded the town of {town1}.",
                "{town1} is a town that {person1} founded in {year1}.",
                "The founder of {town1}, {person1}, settled there in {year1}.",
            ],
            {
                "person1": [
                    "Who founded {town1}?",
                    "By whom was {town1} founded?",
                    "Who was the founder of {town1}?",
                    "Who first settled in {town1}?",
                ],
                "year1": [
                    "When was {town1} founded?",
                    "In what year was {town1} founded?",
                    "In which year was {town1} first settled?",
                ],
            },
        ),
        (
            [
                "It lies on the river {river1} and has {number1} inhabitants.",
                "Its {number1} inhabitants live along the river {river1}.",
                "The town stands on the {river1} and is home to {number1} people.",
                "On both banks of the {river1}, {number1} people live there today.",
            ],
            {
                "river1": [
                    "On which river does {town1} lie?",
                    "What river flows through {town1}?",
                    "Which river runs through the town?",
                ],
                "number1": [
                    "How many inhabitants does {town1} have?",
                    "How many people live in {town1}?",
                    "What is the population of {town1}?",
                ],
            },
        ),
        (
            [
                "The town is known for its {ware1}, which is sold in {town2}.",
                "Its {ware1} is famous and is sold as far away as {town2}.",
                "Most families make {ware1} and sell it in {town2}.",
                "Traders from {town2} come to buy its {ware1}.",
            ],
            {
                "ware1": [
                    "What is {town1} known for?",
                    "What does {town1} sell?",
                    "For what product is {town1} famous?",
                    "What do the families of {town1} make?",
                ],
                "town2": [
                    "Where is the {ware1} sold?",
                    "In which town is the {ware1} of {town1} sold?",
                    "To which town is the {ware1} brought?",
                ],
            },
        ),
        (
            [
                "The {building1} was designed by {person2} and opened in {year2}.",
                "{person2} designed the {building1}, which opened in {year2}.",
                "In {year2} a {building1} by the architect {person2} was opened.",
                "Since {year2} it has had a {building1}, the work of {person2}.",
            ],
            {
                "person2": [
                    "Who designed the {building1}?",
                    "Who was the architect of the {building1}?",
                    "By whom was the {building1} of {town1} designed?",
                ],
                "year2": [
                    "When did the {building1} open?",
                    "In what year was the {building1} opened?",
                    "Since when has {town1} had a {building1}?",
                ],
                "building1": [
                    "What did {person2} design?",
                    "Which building was opened in {year2}?",
                    "What building is the work of {person2}?",
                ],
            },
        ),
        (
            [
                "Every {month1} {number2} {animal1} are shown at a fair.",
                "At a fair in {month1}, people show {number2} {animal1}.",
                "A fair with {number2} {animal1} takes place each {month1}.",
                "Each year in {month1} a fair brings {number2} {animal1} to the streets.",
            ],
            {
                "month1": [
                    "When does the fair take place?",
                    "In which month is the fair held?",
                    "In what month are the {animal1} shown?",
                ],
                "number2": [
                    "How many {animal1} are shown?",
                    "How many {animal1} are at the fair?",
                    "How many {animal1} does the fair have?",
                ],
                "animal1": [
                    "What animals are shown at the fair?",
                    "Which animals can be seen at the fair?",
                    "What animals come to {town1} in {month1}?",
                ],
            },
        ),
        (
            [
                "In {year3} {disaster1} destroyed {number3} houses.",
                "{number3} houses were lost to {disaster1} in {year3}.",
                "After {disaster1} in {year3}, {number3} houses had to be built again.",
                "The year {year3} brought {disaster1} that ruined {number3} houses.",
            ],
            {
                "year3": [
                    "When were the houses destroyed?",
                    "In what year were {number3} houses lost?",
                    "In which year did {town1} lose {number3} houses?",
                ],
                "number3": [
                    "How many houses were destroyed?",
                    "How many houses were lost in {year3}?",
                    "How many houses did {town1} lose?",
                ],
                "disaster1": [
                    "What destroyed the houses?",
                    "What happened in {year3}?",
                    "What ruined the houses of {town1}?",
                ],
            },
        ),
    ],
    "ship": [
        (
            [
                "The {ship1} was a ship built in {town1} by {person1}.",
                "{person1} built the ship {ship1} in {town1}.",
                "The ship {ship1} was built by {person1} in {town1}.",
                "In the yard of {person1} in {town1}, the {ship1} was built.",
            ],
            {
                "town1": [
                    "Where was the {ship1} built?",
                    "In which town was the {ship1} built?",
                    "Where did {person1} build the {ship1}?",
                ],
                "person1": [
                    "Who built the {ship1}?",
                    "By whom was the {ship1} built?",
                    "Who was the builder of the {ship1}?",
                ],
            },
        ),
        (
            [
                "In {year1} captain {person2} sailed it to {land1}.",
                "Its first journey, to {land1} in {year1}, was led by captain {person2}.",
                "Captain {person2} took it to {land1} in {year1}.",
                "It reached {land1} in {year1} under captain {person2}.",
            ],
            {
                "person2": [
                    "Who was the captain of the {ship1}?",
                    "Who sailed the {ship1} to {land1}?",
                    "Who took the {ship1} to {land1}?",
                    "Under whom did the {ship1} reach {land1}?",
                ],
                "land1": [
                    "Where did the {ship1} sail in {year1}?",
                    "To which country did captain {person2} sail?",
                    "Which country did the {ship1} reach in {year1}?",
                ],
                "year1": [
                    "When did the {ship1} sail to {land1}?",
                    "In what year did {person2} sail to {land1}?",
                    "In which year did the {ship1} reach {land1}?",
                ],
            },
        ),
        (
            [
                "It carried {ware1} and a crew of {number1}.",
                "With a crew of {number1} it carried {ware1}.",
                "Its crew of {number1} loaded {ware1}.",
                "On board were {ware1} and {number1} sailors.",
            ],
            {
                "ware1": [
                    "What did the {ship1} carry?",
                    "What was the cargo of the {ship1}?",
                    "What cargo was on board?",
                ],
                "number1": [
                    "How many people were in the crew?",
                    "How large was the crew of the {ship1}?",
                    "How many sailors did the {ship1} have?",
                ],
            },
        ),
        (
            [
                "Later {person3} bought it for {number2} pounds.",
                "It was sold to {person3} for {number2} pounds.",
                "{person3} paid {number2} pounds for it some years later.",
                "For {number2} pounds it passed to {person3}.",
            ],
            {
                "person3": [
                    "Who bought the {ship1}?",
                    "To whom was the {ship1} sold?",
                    "Who paid for the {ship1}?",
                    "Who was the later owner of the {ship1}?",
                ],
                "number2": [
                    "How many pounds did {person3} pay?",
                    "For how many pounds was the {ship1} sold?",
                    "How much did the {ship1} cost {person3}?",
                ],
            },
        ),
        (
            [
                "It sank in {year2} near {town2} after {peril1}.",
                "After {peril1} it sank near {town2} in {year2}.",
                "In {year2}, {peril1} sank it close to {town2}.",
                "It was lost near {town2} in {year2} because of {peril1}.",
            ],
            {
                "year2": [
                    "When did the {ship1} sink?",
                    "In what year did the {ship1} sink?",
                    "In which year was the {ship1} lost?",
                ],
                "town2": [
                    "Where did the {ship1} sink?",
                    "Near which town did the {ship1} sink?",
                    "Near what place was the {ship1} lost?",
                ],
                "peril1": [
                    "Why did the {ship1} sink?",
                    "What made the {ship1} sink?",
                    "What caused the loss of the {ship1}?",
                ],
            },
        ),
        (
            [
                "In {year3} a diver, {person4}, found a chest of {material1} in the wreck.",
                "The diver {person4} found the wreck in {year3} and brought up a chest of {material1}.",
                "{person4} found the wreck in {year3}, with a chest made of {material1}.",
                "The wreck, with a chest of {material1} inside, was discovered by {person4} in {year3}.",
            ],
            {
                "person4": [
                    "Who found the wreck?",
                    "Who found the wreck of the {ship1}?",
                    "What was the name of the diver?",
                    "Who discovered the {ship1} again?",
                ],
                "year3": [
                    "When was the wreck found?",
                    "In what year was the wreck of the {ship1} found?",
                    "In which year was the {ship1} discovered again?",
                ],
                "material1": [
                    "What was the chest made of?",
                    "Of what material was the chest in the wreck?",
                    "What material was the chest?",
                ],
            },
        ),
    ],
    "fair": [
        (
            [
                "The {colour1} fair of {year1} was opened by {person1} in {town1}.",
                "In {year1}, {person1} opened the {colour1} fair in {town1}.",
                "{person1} opened the {colour1} fair in {town1} in {year1}.",
                "In {town1} the {colour1} fair began in {year1} with a speech by {person1}.",
            ],
            {
                "person1": [
                    "Who opened the {colour1} fair?",
                    "By whom was the {colour1} fair opened?",
                    "Who gave a speech to open the {colour1} fair?",
                ],
                "town1": [
                    "Where was the {colour1} fair held?",
                    "In which town did the {colour1} fair take place?",
                    "Which town held the {colour1} fair?",
                ],
                "year1": [
                    "When was the {colour1} fair opened?",
                    "In what year was the {colour1} fair held?",
                    "In which year did the {colour1} fair begin?",
                ],
            },
        ),
        (
            [
                "{number1} visitors came, most of them from {town2}.",
                "It had {number1} visitors, many of whom came from {town2}.",
                "From {town2} and other places came {number1} visitors.",
                "People from {town2} made up half of the {number1} visitors.",
            ],
            {
                "number1": [
                    "How many visitors came to the fair?",
                    "How many visitors did the {colour1} fair have?",
                    "How many people visited the {colour1} fair?",
                ],
                "town2": [
                    "Where did most visitors come from?",
                    "From which town did many visitors come?",
                    "What was the home town of many visitors?",
                ],
            },
        ),
        (
            [
                "{person2} won {prize1} for a {device1} of {material1}.",
                "For a {device1} made of {material1}, {person2} received {prize1}.",
                "A {device1} of {material1} won {prize1} for {person2}.",
                "The judges gave {prize1} to {person2}, who had made a {device1} of {material1}.",
            ],
            {
                "person2": [
                    "Who won {prize1}?",
                    "Who received {prize1}?",
                    "Who made the {device1}?",
                    "To whom did the judges give {prize1}?",
                ],
                "prize1": [
                    "What did {person2} win?",
                    "What did {person2} receive?",
                    "What was the prize for the {device1}?",
                ],
                "device1": [
                    "What did {person2} make?",
                    "For what did {person2} win {prize1}?",
                    "What did {person2} show at the fair?",
                ],
                "material1": [
                    "What was the {device1} made of?",
                    "Of what material was the {device1}?",
                    "What material did {person2} use?",
                ],
            },
        ),
        (
            [
                "{person3} sold {number2} boxes of {ware1}.",
                "A merchant, {person3}, sold {number2} boxes of {ware1}.",
                "{number2} boxes of {ware1} were sold by {person3}.",
                "People bought {number2} boxes of {ware1} from {person3}.",
            ],
            {
                "person3": [
                    "Who sold {ware1}?",
                    "By whom was the {ware1} sold?",
                    "Who was the merchant?",
                    "From whom did people buy {ware1}?",
                ],
                "number2": [
                    "How many boxes did {person3} sell?",
                    "How many boxes of {ware1} were sold?",
                    "How many boxes of {ware1} did people buy?",
                ],
                "ware1": [
                    "What did {person3} sell?",
                    "What was in the boxes?",
                    "What did people buy from {person3}?",
                ],
            },
        ),
        (
            [
                "It closed in {month1} because of {disaster1}.",
                "Because of {disaster1} it had to close in {month1}.",
                "In {month1}, {disaster1} brought it to an end.",
                "It ended early, in {month1}, after {disaster1}.",
            ],
            {
                "month1": [
                    "When did the {colour1} fair close?",
                    "In which month did the fair close?",
                    "In what month did the {colour1} fair end?",
                ],
                "disaster1": [
                    "Why did the {colour1} fair close?",
                    "What made the fair close?",
                    "What brought the {colour1} fair to an end?",
                ],
            },
        ),
        (
            [
                "The next one was held in {town3} in {year2}.",
                "In {year2} it was held again, this time in {town3}.",
                "{town3} held the next one in {year2}.",
                "It was followed by another in {town3} in {year2}.",
            ],
            {
                "town3": [
                    "Where was the next fair held?",
                    "Which town held the next fair?",
                    "In which town was the fair that followed?",
                ],
                "year2": [
                    "When was the next fair held?",
                    "In what year was the next fair?",
                    "In which year did another fair follow?",
                ],
            },
        ),
    ],
}
