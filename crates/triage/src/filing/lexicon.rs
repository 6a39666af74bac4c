//! Words of British public policy: which speak for a topic that a sector may be named after, and which for a kind of publication that a
//! category may be named after.
//!
//! General knowledge, for digests without an archive; it fades as the archive grows. Extend it freely: a line is the names that call it
//! up (any of them in a sector's or category's name), then the words that speak for it, each of one or two words. A word may stand in
//! several lines; it then speaks for each of them, and nothing between two that both have it.

/// Names that call a line up, and its words, parted by commas.
pub(super) type Line = (&'static str, &'static str);

/// Words of names that say nothing of what stands under them.
pub(super) const OF_ANY_NAME: [&str; 8] = ["service", "services", "other", "others", "general", "sector", "sectors", "miscellaneous"];

/// What publications are about.
#[rustfmt::skip]
pub(super) const TOPICS: [Line; 26] = [
    ("adult social care, social care, adult services, care homes",
     "adult social, social care, care home, home care, domiciliary care, residential care, nursing home, care worker, care provider, care sector, care market, \
      carer, unpaid carer, unpaid care, supported living, reablement, direct payment, personal assistant, adult safeguarding, safeguarding adult, \
      deprivation liberty, liberty protection, mental capacity, care quality, cqc, skills care, adass, scie, social worker, older people, older adult, ageing, \
      frailty, dementia, learning disability, autistic adult, autism, care act, discharge, delayed discharge, integrated care, assistive technology, telecare, \
      end life, palliative, independent living, care workforce, care support, co production, long term"),
    ("health, nhs, wellbeing, medicine, clinical",
     "health, healthcare, nhs, nhs england, hospital, patient, clinical, clinician, nurse, nursing, doctor, gp, general practice, primary care, secondary care, \
      acute, ambulance, emergency care, urgent care, elective, waiting list, waiting time, diagnostic, cancer, diabete, stroke, cardiovascular, \
      maternity, midwife, public health, health inequalities, health inequality, screening, vaccination, vaccine, immunisation, covid, pandemic, infection, \
      obesity, smoking, vaping, tobacco, alcohol, physical activity, mental health, wellbeing, suicide, self harm, psychological, psychiatric, \
      therapy, treatment, medicine, prescribing, pharmacy, dental, dentist, integrated care, care system, care board, icb, trust, health board, nice, \
      king fund, health foundation, nuffield trust, disease, illness, mortality, life expectancy, symptom"),
    ("mental health, psychological",
     "mental health, mental illness, anxiety, depression, suicide, self harm, psychological, psychiatric, camh, counselling, talking therapies, wellbeing, psychosis, loneliness"),
    ("public health, prevention",
     "public health, prevention, health inequality, vaccination, immunisation, obesity, smoking, vaping, alcohol, screening, infection, pandemic, physical activity, life expectancy, health protection"),
    ("children, young people, youth, families, early years, family",
     "child, children, young people, young person, youth, adolescent, teenager, baby, infant, early year, early help, early intervention, family, parent, parenting, \
      mother, father, kinship, foster, fostering, foster care, adoption, adopted, looked after, care leaver, leaving care, children home, children social, \
      children service, child protection, child safeguarding, safeguarding child, safeguarding partner, child abuse, sexual exploitation, child exploitation, neglect, \
      family hub, health visitor, childcare, nursery, school, pupil, student, teacher, education, attainment, attendance, exclusion, send, special educational, \
      educational need, ehc plan, ofsted, dfe, barnardo, nspcc, adcs, unaccompanied, virtual school, play, unicef, childhood, corporate parenting, \
      secure children, young carer"),
    ("education, schools, learning, skills, higher education, universities",
     "education, school, pupil, student, teacher, teaching, classroom, curriculum, attainment, attendance, exam, gcse, level, qualification, apprenticeship, \
      further education, higher education, university, college, tuition, literacy, numeracy, send, special educational, ofsted, learner, headteacher, academy, ofqual, training"),
    ("criminal justice, justice, crime, policing, police, prisons, offending, courts, community safety",
     "crime, criminal, criminal justice, justice, offender, offending, reoffending, prison, prisoner, custody, custodial, jail, probation, hmpps, hmip, inspectorate probation, \
      inspectorate prison, inspectorate constabulary, hmicfr, police, policing, constabulary, officer, police force, court, magistrate, judge, judicial, judiciary, sentence, sentencing, \
      victim, witness, domestic abuse, domestic violence, coercive control, perpetrator, stalking, harassment, sexual violence, sexual offence, rape, violence, violent, serious violence, \
      knife crime, homicide, murder, gang, county line, drug, drug offence, modern slavery, trafficking, exploitation, hate crime, terrorism, extremism, fraud, antisocial behaviour, \
      anti social, youth justice, youth offending, restorative, rehabilitation, resettlement, remand, bail, parole, electronic monitoring, arrest, prosecution, prosecutor, cps, \
      ministry justice, home office, law, legal, legal aid, gambling, stop search, community safety, women centre"),
    ("domestic abuse, violence against women, gender-based violence",
     "domestic abuse, domestic violence, coercive control, perpetrator, refuge, stalking, sexual violence, rape, victim, survivor, women girl, honour based, forced marriage"),
    ("housing, homelessness, homes, planning",
     "housing, home, homelessness, homeless, rough sleeping, rough sleeper, tenant, tenancy, landlord, renting, rent, rented, social housing, housing association, \
      affordable housing, leasehold, eviction, temporary accommodation, housebuilding, planning, building safety, cladding, damp, mould, supported housing, mortgage, shelter, crisis, dwelling"),
    ("employment, work, labour market, jobs, skills, business",
     "employment, employer, employee, job, work, worker, workforce, workplace, labour market, unemployment, unemployed, wage, pay, minimum wage, earnings, skill, apprenticeship, \
      recruitment, retention, career, self employed, gig economy, zero hour, flexible working, trade union, productivity, redundancy, jobcentre, vacancy, business"),
    ("environment, climate, energy, net zero, sustainability, nature",
     "environment, environmental, climate, climate change, net zero, carbon, emission, greenhouse, energy, renewable, solar, wind, heat pump, fuel, biodiversity, nature, wildlife, \
      habitat, species, water, river, sewage, flood, flooding, waste, recycling, pollution, air quality, defra, forestry, woodland, soil, marine, coastal, sustainability, green, decarbonisation"),
    ("local government, councils, local authorities, communities, devolution, place",
     "local government, local authority, council, councillor, combined authority, devolution, mayor, mayoral, lga, local plan, levelling up, council tax, community, neighbourhood, place based, \
      local service, parish, town, regeneration, section 114, local election, commissioning"),
    ("poverty, welfare, social security, benefits, inequality, cost of living, income",
     "poverty, welfare, benefit, universal credit, social security, pension, pensioner, income, low income, household income, cost living, debt, hardship, food bank, destitution, deprivation, \
      inequality, dwp, jrf, rowntree, disability benefit, sanction, allowance, fuel poverty, child poverty"),
    ("transport, travel, infrastructure, roads",
     "transport, travel, rail, railway, train, bus, road, cycling, walking, traffic, congestion, vehicle, electric vehicle, aviation, airport, freight, passenger, commuting, infrastructure, dft, road safety"),
    ("equality, diversity, inclusion, race, gender, human rights, disability",
     "equality, equalities, diversity, inclusion, race, racial, racism, ethnicity, ethnic, minority, black, gender, women, lgbt, transgender, disability, disabled, discrimination, human right, \
      religion, faith, gypsy, traveller, roma, pay gap, ehrc, accessibility"),
    ("voluntary sector, charities, civil society, volunteering, philanthropy, third sector",
     "charity, charitable, voluntary, volunteer, volunteering, civil society, vcse, third sector, philanthropy, donor, donation, fundraising, grant, grantmaking, funder, trustee, ncvo, social enterprise, community group"),
    ("economy, finance, public finances, tax, growth, trade",
     "economy, economic, gdp, inflation, fiscal, budget, tax, taxation, treasury, public finance, public spending, spending review, growth, productivity, investment, trade, export, import, bank england, \
      interest rate, debt, borrowing, obr, ifs, market, price, business"),
    ("digital, technology, data, artificial intelligence, innovation, science, research",
     "digital, technology, data, artificial intelligence, ai, machine learning, algorithm, cyber, online, internet, broadband, software, automation, innovation, science, scientific, research development, platform, privacy, information governance"),
    ("migration, immigration, asylum, refugees",
     "migration, migrant, immigration, asylum, asylum seeker, refugee, visa, settlement, border, resettlement, deportation, detention, trafficking, unaccompanied, ukraine, citizenship, nationality"),
    ("culture, arts, sport, leisure, heritage, media",
     "culture, cultural, art, artist, museum, library, heritage, theatre, music, film, sport, sporting, leisure, tourism, creative, broadcasting, media, festival, gallery, archaeology"),
    ("drugs, alcohol, substance misuse, addiction, gambling",
     "drug, alcohol, substance, substance misuse, addiction, opiate, heroin, cocaine, cannabis, overdose, naloxone, recovery, rehabilitation, gambling, drinking, harm reduction, needle"),
    ("older people, ageing, later life",
     "older, older people, ageing, age uk, later life, retirement, pension, dementia, alzheimer, frailty, fall, care home, loneliness, end life"),
    ("disability, autism, learning disability, accessibility",
     "disability, disabled, autism, autistic, learning disability, neurodivergent, neurodiversity, wheelchair, accessible, accessibility, deaf, blind, sight loss, hearing loss, assistive, reasonable adjustment, send"),
    ("food, agriculture, farming, rural",
     "food, farming, farmer, farm, agriculture, agricultural, crop, livestock, rural, land, nutrition, diet, hunger, food insecurity, fishery, supply chain, countryside"),
    ("defence, foreign affairs, international, development, security",
     "defence, military, armed force, veteran, war, foreign, diplomatic, international, overseas, aid, development, humanitarian, conflict, peace, nato, security, sanction, global, treaty"),
    ("government, politics, democracy, constitution, public services, civil service",
     "government, parliament, parliamentary, minister, civil service, civil servant, election, electoral, voter, voting, democracy, democratic, constitution, public service, public sector, regulator, regulation, procurement, \
      accountability, transparency, whitehall, mp, referendum"),
];

/// What publications are.
#[rustfmt::skip]
pub(super) const KINDS: [Line; 16] = [
    ("reports, report, research, studies, evidence, publications, analysis",
     "report, final report, annual report, interim report, research, study, survey, review, independent review, inquiry, inspection, evaluation, analysis, findings, evidence, statistics, \
      state, trend, impact, audit, paper, working paper, systematic review, thematic review, longitudinal, index, census, pilot, lesson, outcomes, experience, experiences, \
      understanding, exploring, progress, barometer, white paper, discussion paper, literature"),
    ("briefings, briefing, policy papers, policy, summaries, parliament",
     "briefing, briefing paper, research briefing, policy briefing, policy paper, policy, brief, factsheet, explainer, summary, snapshot, bulletin, insight, statement, position, response, consultation, \
      consultation response, call evidence, debate, bill, act, white paper, green paper, strategy, action plan, plan, commons library, postnote, manifesto, evidence submission, at a glance, key facts, overview, reform, next step"),
    ("tools, guidance, toolkits, guides, resources, practice, standards",
     "tool, toolkit, guide, guidance, statutory guidance, practice guidance, framework, checklist, template, handbook, manual, resource, resource pack, pack, dashboard, standards, \
      standard, quality standard, code practice, protocol, principle, principles, training, module, e learning, workbook, playbook, calculator, map, how, step step, top tip, tips, best practice, good practice, practice, \
      recommendation, guideline, nice guideline, directory, advice, self assessment, implementing, example, data tool, planner, pathway, infographic"),
    ("consultations, calls for evidence",
     "consultation, open consultation, call evidence, seeking view, have your say, proposal, proposed, response, views"),
    ("statistics, data, figures",
     "statistics, statistical, official statistics, national statistics, data, dataset, figures, census, quarterly, monthly, annual, bulletin, estimate, table, indicator, trend, provisional, experimental statistics"),
    ("policy, strategy, strategies, plans",
     "policy, policy paper, strategy, plan, action plan, roadmap, vision, white paper, green paper, reform, framework, mandate, delivery plan, commitment"),
    ("legislation, law, regulation, legal",
     "bill, act, regulation, legislation, statutory, statutory instrument, order, amendment, law, code practice, explanatory, royal assent, judgment, ruling"),
    ("evaluations, evaluation, what works, trials",
     "evaluation, impact evaluation, process evaluation, evaluating, pilot, trial, randomised, rct, outcomes, impact, feasibility, what works, theory change, effectiveness, systematic review"),
    ("case studies, examples, good practice, stories",
     "case study, example, story, spotlight, good practice, best practice, learning, lessons, in practice, shared learning"),
    ("events, webinars, conferences",
     "webinar, event, conference, workshop, seminar, recording, register, summit, meeting, lecture, roundtable"),
    ("news, updates, announcements",
     "news, announcement, announces, update, launch, launches, launched, press release, appointed, new, newsletter"),
    ("funding, grants, tenders",
     "fund, funding, grant, grants, tender, bid, application, apply, prospectus, award, investment, opportunity, call proposal"),
    ("jobs, vacancies, careers",
     "vacancy, job, hiring, recruitment, apply, salary, role, career, fellowship, secondment, internship"),
    ("training, courses, learning",
     "training, course, module, e learning, learning, programme, curriculum, cpd, masterclass, certificate, workshop, qualification"),
    ("blogs, comment, opinion, podcasts, video",
     "blog, comment, opinion, podcast, episode, video, interview, column, reflection, talk, essay, perspective"),
    ("letters, speeches, statements, responses",
     "letter, open letter, speech, statement, response, correspondence, reply, evidence submission, oral evidence, written evidence, address"),
];
