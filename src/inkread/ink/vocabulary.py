"""The words that structured lines are made of: names, places, months, abbreviations, accented words."""

from __future__ import annotations

DAYS = """
    Monday Tuesday Wednesday Thursday Friday Saturday Sunday Mon. Tue. Wed. Thu. Fri. Sat. Sun. lundi
    mardi mercredi jeudi vendredi samedi dimanche Montag Dienstag Mittwoch Donnerstag Freitag Samstag
""".split()
GIVEN = """
    Anna Marie John Peter Mary Élise François Chloé Zoé Noël Jürgen Jörg Käthe Søren Åsa Lukas José
    María Íñigo Óscar Úrsula Ângela João Inês Conceição Björn Þóra Guðrún Siân Zoë Benoît Jérôme Hélène
    Aurélie Loïc Maëlle Gaëlle Anaïs Théo Agnès Margaret William Elizabeth George Thomas Kate Edward
    Henry Alice Jack Ruth Olivia Amelia Mohammed Fatima Wei Yuki Priya Ahmed Igor Natasha Giulia Marco
    Nuño Ýmir Ömer Özlem Émile Œdipe Xavier Quentin Yves Zelda Víctor Tomás
""".split()
FAMILY = """
    Smith Jones Brown Taylor Wilson O'Brien O'Neill McDonald MacLeod Fitzgerald Lefèvre Dubois Lemaître
    Bézier Château Müller Schröder Weiß Größ Jäger Østergård Ångström Æbelø Ñúñez Peña Muñoz Gonçalves
    Simões D'Arcy de la Tour van Dijk von Braun Hawkins Quincy Zhang Okafor Yamada Kowalski Ibáñez Pérez
    Gutiérrez Õunapuu Lacôte L'Haÿ Bœuf Lecœur Cœurdevey Tran Iñárritu Þórsson Sæmundsson Ðokic Brûlé
    Crête Tissot Walker Young King Baker Johnson Xu Jacques Hervé Kjær Häkkinen Knight
""".split()
TITLES = """
    Mr. Mrs. Ms. Dr. Prof. Sir Lady Mr Mrs Miss M. Mme Mlle Dr Me Herr Frau St. Rev. Capt. Sr. Sra.
""".split()
STREETS = tuple(
    " ".join(item.split())
    for item in """
    High Street; Church Road; Station Rd.; Park Avenue; 5th Ave.; Baker St.; Queen's Way; Mill Lane; Oak
    Drive; King's Cross Rd; Elm Court; Broadway; St. John's Square
    """.split(";")
)
FRENCH_STREETS = tuple(
    " ".join(item.split())
    for item in """
    rue de la Paix; rue Émile-Zola; avenue du Général-Leclerc; bd Saint-Michel; place de l'Église; rue
    St-Honoré; chemin des Chênes; quai d'Orsay; impasse du Moulin; allée des Érables; rue du
    Cœur-Volant; cours Mirabeau
    """.split(";")
)
GERMAN_STREETS = tuple(
    " ".join(item.split())
    for item in """
    Hauptstraße; Bahnhofstr.; Goethestraße; Am Markt; Kirchgasse; Lindenallee; Königsplatz; Mühlweg;
    Schloßstraße
    """.split(";")
)
TOWNS = tuple(
    " ".join(item.split())
    for item in """
    London; Oxford; Edinburgh; Boston; New York; Chicago; Toronto; Sydney; Leeds; York; Québec;
    Montréal; Trois-Rivières; Nîmes; Orléans; Besançon; Sète; Angoulême; Saint-Étienne; Évreux;
    L'Haÿ-les-Roses; Köln; München; Düsseldorf; Zürich; Genève; Málaga; São Paulo; Córdoba; A Coruña;
    Ålesund; Tromsø; Århus; Reykjavík; Lublin; Wien; Gießen
    """.split(";")
)
WORDS = """
    milk eggs bread butter tea coffee sugar flour apples onions rice cheese soap candles paper pens
    stamps batteries lait œufs pain beurre thé café sucre farine crème pâtes poires abricots jambon bœuf
    Käse Brötchen Äpfel Müsli Grüße straße façade naïve déjà vu cliché résumé jalapeño piñata mañana
    niño señor año über schön Öl Übung garçon leçon reçu maïs haïr ambiguë Noël où là âme île fête forêt
    hôtel août dû sœur cœur œuvre ex æquo cæcum smørbrød ærlig få blå þetta það ýmis nový býk coração
    não ações põe città perché così però più ì ò fiancée entrée Zürich garage jazz quiz fizz box wax
    exit zoo quay kiosk yoga junk jug vex hajj
""".split()
CAPITAL_WORDS = """
    ÉCOLE À L'ÉTÉ ÇA ÊTRE HÔTEL NOËL MAÏS AOÛT OÙ FORÊT CRÈME ÂGE ÎLE ÏLE SŒUR ŒUVRE ÆGIR CÆSAR ØRE ÅR
    ÄRGER ÖL ÜBER MAÑANA ESPAÑA ÁREA ÍNDICE ÓPERA ÚNICO ÝMIR ÞÓR ÐE NÃO AÇÕES PÕE L'HAŸ PERÙ CITTÀ COSÌ
    PERÒ ÈRE ÔTER ÛTER ÙN ËRE URGENT MENU TOTAL NOTE EXIT STOP QUIZ SALE WANTED CHAPTER INDEX LIST
""".split()
ABBREVIATIONS = """
    etc. e.g. i.e. cf. p. pp. vol. no. No. nr. Nr. n° N° vs. a.m. p.m. approx. dept. Ltd. Inc. Co. & St.
    Ave. ft. in. lb. oz. kg km cm mm ml kWh °C °F BBC USA U.K. R.S.V.P. P.S. N.B. S.A. z.B. usw. d.h.
    bzw. Mme c.-à-d. p. ex. av. J.-C. 1er 2e 3ème 1st 2nd 3rd 4th M.P. Ph.D. ca. fig. Fig. ch. ed. tel.
    Tél. w/ w/o b/c @
""".split()
DOMAINS = """
    example.com mail.org post.net gmail.com yahoo.fr univ-lyon.fr web.de bbc.co.uk uni.edu house.info
""".split()
MONTHS = {
    "en": """
        January February March April May June July August September October November December Jan. Feb.
        Mar. Apr. Aug. Sept. Oct. Nov. Dec. Jan Feb Mar Apr Jun Jul Aug Sep Oct Nov Dec
    """.split(),
    "fr": """
        janvier février mars avril mai juin juillet août septembre octobre novembre décembre janv. févr.
        avr. juil. sept. oct. nov. déc.
    """.split(),
    "de": """
        Januar Februar März April Mai Juni Juli August September Oktober November Dezember
    """.split(),
}
