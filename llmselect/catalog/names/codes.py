"""Languages and places by their names, as the codes that the catalogue has: ISO 639 and 3166, EU, APAC."""

import re
from typing import Any

from llmselect.errors import fold
from llmselect.quantities import shown

_LANGUAGES = {
    "en": "english, englisch, 英文, 英語, 英语",
    "zh": "chinese, mandarin, traditional chinese, simplified chinese, 中文, 華語, 漢語, 汉语, 國語, 繁體中文, "
    "繁体中文, 简体中文, 簡體中文",
    "yue": "cantonese, 粵語, 粤语",
    "ja": "japanese, 日文, 日語, 日语, 日本語",
    "ko": "korean, 韓文, 韓語, 韩语, 한국어",
    "de": "german, deutsch, 德文, 德語, 德语",
    "fr": "french, francais, français, 法文, 法語, 法语",
    "es": "spanish, espanol, español, castilian, 西班牙文, 西班牙語, 西班牙语",
    "it": "italian, italiano, 義大利文, 意大利语",
    "pt": "portuguese, brazilian, portugues, português, 葡萄牙文, 葡萄牙語, 葡萄牙语",
    "nl": "dutch, nederlands, 荷蘭文",
    "pl": "polish, polski, 波蘭文",
    "ru": "russian, русский, 俄文, 俄語, 俄语",
    "uk": "ukrainian, 烏克蘭文",
    "ar": "arabic, العربية, 阿拉伯文, 阿拉伯語, 阿拉伯语",
    "he": "hebrew, 希伯來文",
    "fa": "persian, farsi",
    "tr": "turkish, 土耳其文",
    "hi": "hindi, 印地文, 印地語",
    "bn": "bengali, bangla",
    "ur": "urdu",
    "ta": "tamil",
    "vi": "vietnamese, tiếng việt, 越南文, 越南語, 越南语",
    "th": "thai, 泰文, 泰語, 泰语",
    "id": "indonesian, bahasa indonesia, 印尼文",
    "ms": "malay, 馬來文",
    "tl": "tagalog, filipino",
    "sv": "swedish, svenska",
    "da": "danish, dansk",
    "no": "norwegian, norsk",
    "fi": "finnish, suomi",
    "cs": "czech",
    "sk": "slovak",
    "hu": "hungarian",
    "ro": "romanian",
    "bg": "bulgarian",
    "el": "greek",
    "hr": "croatian",
    "sr": "serbian",
    "ca": "catalan",
    "sw": "swahili",
}
_PLACES = {
    "EU": "europe, european union, 歐盟, 欧盟, 歐洲, 欧洲",
    "US": "usa, united states, united states of america, america, 美國, 美国",
    "APAC": "asia, asia pacific, 亞太, 亚太, 亞洲",
    "GB": "uk, united kingdom, great britain, britain, england, 英國, 英国",
    "CH": "switzerland, schweiz, 瑞士",
    "DE": "germany, deutschland, 德國, 德国",
    "FR": "france, 法國, 法国",
    "IT": "italy, italia, 義大利",
    "ES": "spain, espana, españa, 西班牙",
    "NL": "netherlands, holland, 荷蘭",
    "PL": "poland, 波蘭",
    "IE": "ireland, 愛爾蘭",
    "SE": "sweden, 瑞典",
    "AT": "austria, österreich, 奧地利",
    "BE": "belgium, 比利時",
    "NO": "norway, 挪威",
    "CN": "china, prc, mainland china, 中國, 中国",
    "TW": "taiwan, 台灣, 臺灣, 台湾",
    "HK": "hong kong, 香港",
    "JP": "japan, 日本",
    "KR": "korea, south korea, republic of korea, 韓國, 南韓, 韩国",
    "SG": "singapore, 新加坡",
    "IN": "india, 印度",
    "AU": "australia, 澳洲, 澳大利亞",
    "CA": "canada, 加拿大",
    "BR": "brazil, brasil, 巴西",
    "MX": "mexico, 墨西哥",
}


def _by_name(table: dict[str, str]) -> dict[str, str]:
    return {fold(name): code for code, names in table.items() for name in names.split(",")}


_LANGUAGE_OF, _PLACE_OF = _by_name(_LANGUAGES), _by_name(_PLACES)
_LANGUAGE_CODE = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9]+)*")  # zh, zh-TW, zh_Hant_TW
_PLACE_CODE = re.compile(r"(?:[a-z]{2}|apac|emea|latam)(?:-[a-z0-9-]+)?", re.IGNORECASE)


def language(value: Any) -> str:
    """The code of a language by its name or a code, without its country; raises ValueError for what is neither."""
    typed = value.strip().lower() if isinstance(value, str) else ""
    code = _LANGUAGE_CODE.fullmatch(typed)
    found = _LANGUAGE_OF.get(fold(typed)) or (code[1] if code else None)
    if found is None:
        raise ValueError(f"{shown(value)} is no known language; write its code, such as en, zh or de")
    return found


def language_name(code: str) -> str:
    """What a language is called in English; a code without a name as it is."""
    return _LANGUAGES[code].partition(",")[0].title() if code in _LANGUAGES else code


def place(value: Any) -> str:
    """The code of a country or region by its name, or a code as it is; raises ValueError for what is neither."""
    typed = value.strip() if isinstance(value, str) else ""
    found = _PLACE_OF.get(fold(typed)) or (typed if _PLACE_CODE.fullmatch(typed) else None)
    if found is None:
        raise ValueError(f"{shown(value)} is no known place; write its code, such as EU, US or JP")
    return found
