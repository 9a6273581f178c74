"""Names of persons: small words, titles, patronymics, and given names that are one name in several languages.

General knowledge of naming, kept short: who is called Oleg in Russian is Aleh in Belarusian papers.
"""

from __future__ import annotations

import re

from streams.screening.sounds import classes, readings

PARTICLES = frozenset(
    [
        "al",
        "el",
        "ul",
        "ur",
        "ud",
        "us",
        "ad",
        "as",
        "ar",
        "an",
        "az",
        "ash",
        "il",
        "bin",
        "ben",
        "ibn",
        "bint",
        "binti",
        "ould",
        "wuld",
        "abu",
        "abou",
        "van",
        "von",
        "der",
        "den",
        "ter",
        "de",
        "da",
        "di",
        "du",
        "del",
        "della",
        "la",
        "le",
        "les",
        "dos",
        "das",
        "do",
        "and",
        "e",
        "i",
        "y",
        "und",
        "et",
        "zu",
        "af",
        "av",
        "ap",
        "son",
        "of",
        "the",
        "na",
    ]
)
"""Articles, prepositions and words of descent: next to nothing in a name."""
TITLES = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "miss",
        "monsieur",
        "madame",
        "herr",
        "frau",
        "senor",
        "senora",
        "dr",
        "doctor",
        "prof",
        "professor",
        "eng",
        "sir",
        "lord",
        "lady",
        "dame",
        "don",
        "dona",
        "hajji",
        "haji",
        "hajj",
        "hadji",
        "haj",
        "alhaj",
        "alhaji",
        "sheikh",
        "shaikh",
        "shaykh",
        "sheik",
        "cheikh",
        "mullah",
        "mulla",
        "molla",
        "mawlawi",
        "maulavi",
        "mawlavi",
        "maulvi",
        "maulana",
        "mufti",
        "qari",
        "hafiz",
        "ayatollah",
        "ayatullah",
        "hojatoleslam",
        "seyed",
        "sayed",
        "sayyed",
        "sayyid",
        "seyyed",
        "syed",
        "sayyed",
        "said",
        "ustad",
        "general",
        "gen",
        "colonel",
        "col",
        "major",
        "maj",
        "captain",
        "capt",
        "lieutenant",
        "lt",
        "commander",
        "cmdr",
        "brigadier",
        "admiral",
        "president",
        "prime",
        "minister",
        "king",
        "prince",
        "princess",
        "sultan",
        "emir",
        "amir",
        "imam",
        "gospodin",
        "gospozha",
        "pan",
        "pani",
        "rtd",
        "retd",
        "jr",
        "sr",
        "junior",
        "senior",
        "ii",
        "iii",
        "iv",
    ]
)
"""Forms of address and rank, generations: often left out, sometimes names themselves."""

_VARIANTS = """
    vladimir volodymyr uladzimir vladimyr; aleksandr alexander oleksandr aliaksandr alyaksandr aleksander alejandro
    alessandro iskander; sergei serhii siarhei sergiy serge; nikolai mykola mikalai mikola nicholas nikolay;
    dmitri dmytro dzmitry dimitri; andrei andrii andrew andre; aleksei oleksii aliaksei alexey alexis;
    mikhail mykhailo mikhas mihail michael michel mikael miguel; pavel pavlo pavel paul pablo; petr petro piotr pyotr peter
    pedro pierre; oleg oleh aleh; evgeni yevhen yauhen eugene evgeny yevgeny; igor ihor ihar; grigori hryhorii ryhor gregory;
    gennadi hennadii henadz; georgi heorhii george jorge georges; yuri yurii iurii iuryi; anatoli anatol anatolii;
    elena olena alena yelena helena helen; natalia nataliya natalya natallia; olga olha volha; tatiana tetiana tatsiana;
    anna hanna ganna anne ann; ekaterina kateryna katsiaryna catherine yekaterina katerina; konstantin kostiantyn kanstantsin;
    maksim maksym maxim; roman raman; ilya illia ilia elijah elias; ivan john juan jean ian jan ioann giovanni joao ivan johann
    johannes hans yahya; iosif joseph jose josef yosyp yusuf youssef giuseppe; stepan stefan stephen steven stsiapan esteban; filipp philip felipe;
    vasily vasyl vasil basil; viktor victor viktar; vyacheslav viacheslav viachaslau; svyatoslav sviatoslav; kirill kyrylo kiryl cyril;
    nikita mykyta mikita; daniil danylo danila daniel; artem artsiom artyom; fedor fyodor fedir theodor theodore; matvei matvii matthew matthias mateo;
    svetlana svitlana sviatlana; irina iryna; ludmila liudmyla lyudmila liudmila; yulia yuliia julia iulia; maria mariia mary marie;
    margarita marharyta; ksenia oksana aksana kseniya; larisa larysa; galina halyna halina; inna ina; lidia lidziia;
    muhammad mohammed mohamed mohammad mohamad muhammed mohamad mehmet mohd mahamat mamadou magomed; ahmed ahmad akhmed akhmad achmad akhmet;
    hussein husayn hossein husain hoseyn houssein huseyin; hassan hasan hasen; said saeed sayeed saeid; yusef yousef yosef; osama usama oussama;
    umar omar omer; uthman osman othman usman; khalid khaled halid; mustafa mostafa moustapha mustapha; mahmud mahmoud mahmood; abdallah abdullah abdulah abdellah;
    jamal djamel gamal jamel cemal; jafar djaafar cafer jaafar; nasir nasser naser; ibrahim ebrahim abraham; ismail esmail ismael; suleiman sulayman solomon soliman sulaiman;
    isa eisa issa; ishaq isaac eshaq ishak; yaqub yakub jacob iakov yaakov; dawud daud david daoud davud;
    rahman rehman rahmaan; rahim raheem; hamid hameed; rashid rasheed; karim kareem; aziz azeez; salim saleem; walid waleed;
    william bill will; robert bob rob; richard dick; theodore ted; edward ed eddie; benjamin ben benny; thomas tom; james jim jimmy; charles carlos karl; lawrence larry;
    francis francisco francois franz; louis luis ludwig luigi; henry enrique heinrich henri; frederick friedrich federico; antonio anthony anton antoine; robert roberto;
    lee li ri; choi choe choy; park pak bak
"""
_PATRONYMIC = re.compile(
    r"^(.{2,}?)(?:y|i|j)*(ovich|evich|ovych|evych|avich|ivich|ovitj|evitj|ovytj|avitj|ovic|evic|ovitch|evitch|jovych|owitsch|ewitsch|ovics|evics"
    r"|ovna|evna|ivna|auna|euna|iuna|ovena|avna|owna|ewna|ichna|inichna|uly|uli|ulu|oglu|ogly|oghlu|ugli|kyzy|kizi|qizi|qyzy|gyzy|zada|zoda|zade)$"
)
_ENDINGS = ("ch", "tj", "ic", "cs", "na", "ly", "li", "lu", "gli", "gly", "zy", "zi", "da", "de")
"""A word with another ending is no patronymic: asked first, as most words are none."""
_LEAST_HEARD = 5
"""Letters from which on a name is known by its sound as well; short ones sound like names of other peoples."""
_STEM_END = re.compile(r"[aeiouyj]+$")


def patronymic_stem(word: str) -> str | None:
    """The father's name in a word that is a patronymic in one of the languages of the region, as sound classes.

    >>> patronymic_stem("ivanovich") == patronymic_stem("ivanauna") is not None
    True
    """
    found = _PATRONYMIC.match(word) if word.endswith(_ENDINGS) else None
    if found is None:
        return None
    return classes(readings(_STEM_END.sub("", found[1]) or found[1])[0])


def _families() -> dict[str, frozenset[int]]:
    table: dict[str, set[int]] = {}
    for number, line in enumerate(_VARIANTS.split(";")):
        for name in line.split():
            table.setdefault(name, set()).add(number)
            if len(name) >= _LEAST_HEARD:
                table.setdefault(readings(name)[0], set()).add(number)
    return {name: frozenset(numbers) for name, numbers in table.items()}


FAMILIES = _families()
"""The families of a given name, by its plain form and its phonemes."""
FAMILIES_BY_CLASSES = {
    classes(readings(name)[0]): numbers for name, numbers in FAMILIES.items() if name.islower() and len(name) > 3
}
"""The same by sound classes, for the stems of patronymics."""
