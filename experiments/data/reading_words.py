"""The words that make_reading.py fills in; names of people and places differ between training and evaluation."""

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
