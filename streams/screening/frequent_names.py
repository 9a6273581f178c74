"""How much a word of a person's name says, by how many people bear it: a general table, not one of what is listed.

Two bands of names: those that a good part of a people bears, and those among the hundred or so most frequent given or
family names of a large country. Everything else is rare enough to tell people apart.
"""

from __future__ import annotations

from streams.screening.given_names import FAMILIES
from streams.screening.sounds import readings

VERY_FREQUENT_WEIGHT, FREQUENT_WEIGHT = 0.7, 0.85

_VERY_FREQUENT = "muhammad mohammed ahmed ali abdul abd hussein hassan khan"
_FREQUENT = """
    abbas abdallah abdi abu adam adel adil akbar amin amina amir anwar asad aslam ayman aziz bakr bilal fahad faisal farah faruk fatima
    ghulam hadi hamza haider haj ibrahim idris imran iqbal ismail jamal jassim kamal karim khaled khalil latif mahdi mahmud malik
    mansur maryam masud mehdi mirza musa mustafa nabil naji nasser nur omar osman qasim rahim rahman raza reza rashid saad sadiq
    saeed said salah saleh salem salim sami samir shah sharif singh sultan tahir tariq umar usman wahid walid yasin yusuf zahra zaki
    begum bibi hussain iman layla noor zainab aisha khadija mariam hossein akhtar bano chaudhry islam uddin miah
    kumar devi ram lal sharma patel gupta das rani raj kaur prasad rao reddy shah verma yadav joshi mehta
    wang li zhang liu chen yang zhao huang zhou wu xu sun hu zhu gao lin he guo ma luo liang song zheng xie han tang feng yu dong
    wei jun ming hui xin yan fang jing lei tao jie bo ping hong hua kim lee park choi jung kang cho yoon jang lim min soo young
    nguyen tran le pham hoang phan vu dang bui do van thi minh
    sato suzuki takahashi tanaka watanabe ito yamamoto nakamura kobayashi
    maria ana anna carmen jose juan luis carlos jorge miguel pedro antonio francisco manuel rafael fernando ricardo eduardo
    garcia rodriguez gonzalez fernandez lopez martinez sanchez perez gomez martin jimenez ruiz hernandez diaz moreno munoz alvarez
    romero gutierrez torres ramirez flores rivera ramos cruz reyes morales ortiz castillo vargas mendoza castro
    silva santos oliveira souza sousa pereira ferreira lima costa ribeiro almeida alves gomes carvalho dias mendes nunes
    john james robert michael william david richard joseph thomas charles daniel matthew anthony mark paul steven andrew george
    kevin brian edward ronald jason jeffrey ryan jacob gary nicholas eric jonathan stephen larry justin scott brandon benjamin
    samuel frank gregory patrick alexander jack dennis jerry tyler peter adam henry aaron mary patricia jennifer linda elizabeth
    barbara susan jessica sarah karen lisa nancy margaret sandra ashley emily donna michelle carol amanda melissa laura
    smith johnson williams brown jones miller davis wilson anderson taylor moore jackson white harris clark lewis walker hall
    allen wright scott green baker adams nelson carter mitchell roberts campbell phillips evans turner parker collins edwards
    ivan aleksandr sergei dmitri andrei aleksei mikhail vladimir nikolai igor oleg pavel maksim viktor roman anton denis
    evgeni ilya kirill konstantin yuri vasily anatoli artem boris valery vitali vadim stanislav leonid
    elena olga natalia tatiana irina svetlana ekaterina anastasia yulia marina galina ludmila
    ivanov petrov smirnov kuznetsov popov vasiliev sokolov mikhailov novikov fedorov morozov volkov alekseev lebedev semenov egorov
    ivanova petrova smirnova kuznetsova popova vasilieva novikova morozova volkova
    shevchenko kovalenko bondarenko melnyk boyko tkachenko kravchenko
    mehmet mustafa ayse fatma emine hatice zeynep yilmaz kaya demir celik yildiz ozturk aydin
    muller schmidt schneider fischer weber meyer wagner becker hoffmann hans peter klaus wolfgang
    jean pierre michel philippe marie martin bernard dubois thomas robert petit durand
    giuseppe giovanni mario luigi rossi russo ferrari esposito bianchi
    jan anna maria piotr krzysztof andrzej nowak kowalski
    ahmadi hosseini mohammadi karimi rezaei moradi hashemi jafari
"""


def _forms(text: str) -> frozenset[str]:
    words = set(text.split())
    families = {n for word in words for n in FAMILIES.get(word, ())}
    forms = {form for form, numbers in FAMILIES.items() if numbers & families}
    return frozenset(words | forms | {readings(word)[0] for word in words})


_VERY = _forms(_VERY_FREQUENT)
_OFTEN = _forms(_FREQUENT)


def frequency_weight(word: str, sound: str) -> float:
    """The weight (0-1) of a word by its frequency as a name; ``sound`` are its phonemes."""
    if word in _VERY or sound in _VERY:
        return VERY_FREQUENT_WEIGHT
    return FREQUENT_WEIGHT if word in _OFTEN or sound in _OFTEN else 1.0
