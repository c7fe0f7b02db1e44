"""Owns our list of phrases that sell something nobody under a blog post asked for.

Written by hand for this project. Names of drugs and illnesses stand here only inside
an offer ("buy … online"): people who write about their treatment must not hit. Praise
stands here not at all: flattery alone is no evidence.
"""

from moderation.spam.phrases import split_phrases

PHRASES = split_phrases(
    # Gambling.
    """
    online casino, casino online, casino bonus, casino games, casino slots, live
    casino, mobile casino, best casino, casino site, casino sites, free spins,
    no deposit bonus, deposit bonus, welcome bonus, slot machine, slot machines,
    slot online, online slots, judi online, situs judi, poker online, online
    poker, bandar togel, agen bola, sports betting, online betting, betting
    site, betting sites, betting tips, football betting, sportsbook, online
    gambling, gambling site, jackpot winner, lottery numbers, win the lottery,
    lottery spell
    """,
    # Drugs as merchandise: never a name alone.
    """
    buy viagra, viagra online, cheap viagra, generic viagra, order viagra,
    viagra for sale, buy cialis, cialis online, cheap cialis, generic cialis,
    order cialis, buy levitra, levitra online, generic levitra, canadian
    pharmacy, canada pharmacy, pharmacy discount, cheap pharmacy, buy steroids,
    steroids for sale, buy weed online, cbd gummies, cbd oil for sale, keto
    gummies, male enhancement, penis enlargement, weight loss supplement, weight
    loss supplements, lose weight fast, fat burner, testosterone booster, skin
    care products, anti aging cream
    """,
    # Credit, money, investments.
    """
    payday loan, payday loans, cash advance, quick loan, quick loans, instant
    loan, personal loans, business loan, loan offer, loan company, loan lender,
    loan lenders, credit repair, credit score fix, debt consolidation, low
    interest rate, apply for a loan, urgent loan, financial freedom, make money
    online, making money online, earn money online, earn money from home, extra
    income, passive income, work from home jobs, get rich quick, become rich,
    double your money, binary options, binary option, forex trading, forex
    signals, forex broker, crypto recovery, recover your funds, recover lost
    funds, recovery expert, recovery agent, bitcoin investment, bitcoin mining,
    bitcoin doubler, bitcoin wallet recovery, crypto trading, crypto investment,
    investment platform, blank atm card, western union, cheap insurance, car
    insurance quotes, life insurance quotes
    """,
    # Spells and secret societies.
    """
    spell caster, spell casters, spellcaster, love spell, love spells, cast a
    spell, casting spells, powerful spell, black magic, voodoo spell, lost love
    back, get your ex back, get my ex back, bring back my ex, bring back your
    ex, ex lover back, ex back, marriage spell, money spell, join the
    illuminati, vashikaran, astrologer, love problem solution
    """,
    # Hackers for hire.
    """
    hire a hacker, professional hacker, ethical hacker, genuine hacker, hacking
    services, hack whatsapp, hack facebook, hack instagram, phone hack, cheating
    spouse, cheating partner, clone phone, spy app
    """,
    # Search engine optimisation and traffic.
    """
    seo services, seo service, seo company, seo agency, seo expert, seo tools,
    seo plugin, local seo, search engine ranking, search engine rankings, rank
    on google, ranking on google, google ranking, first page of google, page
    rank, backlink, backlinks, link building, buy backlinks, guest post, guest
    posting, sponsored post, link exchange, exchange links, website traffic,
    more traffic, targeted traffic, increase traffic, free traffic, digital
    marketing agency, digital marketing company, digital marketing services,
    digital marketing course, web design company, web development company, app
    development company, software development company, instagram followers, buy
    followers, buy likes, free followers, youtube views, email list, monetize
    your, article spinner
    """,
    # Shops and imitations.
    """
    replica watches, replica handbags, replica bags, replica shoes, fake
    watches, rolex replica, louis vuitton outlet, michael kors, ray ban
    sunglasses, nike air max, air jordan, cheap jordans, cheap jerseys, jerseys
    wholesale, moncler, outlet store, outlet online, factory outlet, cheap
    prices, best prices, lowest price, lowest prices, discount code, promo code,
    coupon code, coupon codes, limited time offer, limited offer, free shipping,
    free delivery, wholesale price, money back guarantee, satisfaction
    guaranteed, free gift card, free quote, best quality products, buy online,
    shop online, order online, for sale online, at affordable price, affordable
    price, affordable prices, affordable rates
    """,
    # Papers, licences and passports.
    """
    essay writing service, essay writing services, essay writing, essay writers,
    write my essay, write my paper, buy essay, custom essay, custom essays,
    dissertation writing, thesis writing, assignment help, homework help,
    assignment writing, fake passport, fake passports, buy passport, driving
    license online, fake documents, counterfeit money, counterfeit notes, ielts
    certificate, exam dumps
    """,
    # Sex.
    """
    porn, porn videos, free porn, xxx videos, sex cam, sex cams, live sex, live
    cams, webcam girls, escort, escorts, escort service, escort services, call
    girl, call girls, hot girls, sexy girls, sex dating, adult dating, dating
    site, dating sites, hookup, milf, russian brides, sex toys
    """,
    # Streams, downloads, cracks.
    """
    watch online free, full movie, full movies, movies online, free movies, live
    stream free, download free, crack download, serial key, activation key, mod
    apk, apk download, coin generator, free coins, free robux, hack tool, cheat
    codes, customer service number, customer support number, toll free, helpline
    number
    """,
    # Trades that advertise under any post.
    """
    packers and movers, movers and packers, moving company, carpet cleaning,
    cleaning services, cleaning service, pest control, locksmith, roofing
    contractor, roofing company, air conditioning repair, appliance repair,
    personal injury lawyer, injury lawyer, car accident lawyer, criminal defense
    lawyer, taxi service, car rental, limousine service, hotel booking, tour
    packages, travel agency, real estate agent, properties for sale, luxury
    apartments, interior design company, training institute, online training,
    certification course
    """,
)

# Entries of the published lists that name a medicine or an illness are evidence only
# beside a word of trade: people who write about their treatment must not hit.
MEDICINES = split_phrases(
    """
    abilify, adderall, alprazolam, ambien, amitriptyline, ativan, benzodiazepine,
    bupropion, buspirone, celexa, cialis, citalopram, clonazepam, codeine, concerta,
    cymbalta, depakote, diazepam, duloxetine, effexor, escitalopram, fluoxetine,
    gabapentin, hydrocodone, hydroxyzine, ibuprofen, klonopin, lamictal, lamotrigine,
    levitra, lexapro, lithium, lorazepam, lyrica, melatonin, methadone,
    methylphenidate, mirtazapine, modafinil, naltrexone, olanzapine, oxycodone,
    oxycontin, paracetamol, paroxetine, paxil, percocet, phentermine, pregabalin,
    propranolol, prozac, quetiapine, risperidone, ritalin, seroquel, sertraline,
    sildenafil, ssri, suboxone, tadalafil, tramadol, trazodone, valium, venlafaxine,
    viagra, vicodin, vyvanse, wellbutrin, xanax, zoloft, zolpidem, zopiclone
    """
)
ILLNESS_STEMS = (
    "adhd",
    "anxi",
    "antidepress",
    "bipolar",
    "counsel",
    "depress",
    "insomn",
    "medicat",
    "panic",
    "psych",
    "schizo",
    "suicid",
    "therap",
)
TRADE_WORDS = split_phrases(
    "buy, buying, cheap, discount, generic, online, order, price, sale, shop, store"
)

# Words that stand in no person's name, but in what spammers sign with.
NAME_WORDS = split_phrases(
    """
    seo, casino, poker, betting, slots, togel, cheap, buy, online, shop,
    store, outlet, replica, jerseys, loan, loans, credit, insurance, mortgage,
    forex, bitcoin, crypto, trading, essay, essays, writing, services, service,
    company, agency, software, download, downloads, hosting, marketing, plumber,
    plumbing, dentist, dental, lawyer, attorney, roofing, cleaning, movers,
    locksmith, escort, escorts, porn, xxx, dating, viagra, cialis, levitra,
    pharmacy, supplements, keto, cbd, website, websites, plugin, review, reviews,
    coupon, coupons, discount, prices, tickets, hotel, hotels, travel, tours,
    rental, rentals, repair, installation, furniture, watches, handbags, shoes,
    sunglasses, vaporizer
    """
)

# Parts of a host name that sell; a hyphenated or joined name holds them anywhere.
HOST_PARTS = (
    "casino",
    "poker",
    "viagra",
    "cialis",
    "levitra",
    "payday",
    "replicawatch",
    "replicabag",
    "escort",
    "porn",
    "onlineslots",
    "togel",
    "betting",
    "essaywrit",
    "backlink",
    "bestseo",
    "seoservice",
    "cheapjers",
    "loans",
)
