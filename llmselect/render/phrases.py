"""The labels of an answer, in English and in Traditional Chinese. Details with figures stay as the engine says them."""

from collections.abc import Iterable

_PHRASES: dict[str, tuple[str, str]] = {
    "best": ("Best choice: {name}, {where}: {figures}.", "首選：{name}，{where}：{figures}。"),
    "figures": (
        "quality {quality}, cost {cost}, {speed}, score {score}, first in {wins} of the draws",
        "品質 {quality}，費用 {cost}，{speed}，分數 {score}，在 {wins} 的模擬中居首",
    ),
    "today": ("Today", "今日"),
    "document": (
        "The document would say {answer}; today {name}, {where}",
        "文件會選 {answer}；今日則為 {name}，{where}",
    ),
    "document_same": (
        "The document says {answer}, and so does the answer today: {name}, {where}",
        "文件選 {answer}，今日的答案相同：{name}，{where}",
    ),
    "document_none": (
        "The document would say {answer}; today nothing qualifies",
        "文件會選 {answer}；今日沒有符合條件的模型",
    ),
    "remark": (". Note: {why}.", "。附註：{why}。"),
    "stop": (".", "。"),
    "choice": ("{name}, {where}: {figures}.", "{name}，{where}：{figures}。"),
    "because": (", because {why}.", "，原因：{why}。"),
    "gloss": ("In English", "英文意思"),
    "nothing": ("Nothing qualifies: no model meets every requirement.", "沒有模型符合全部條件。"),
    "nothing_rated": (
        "Nothing can be ranked: what meets the requirements lacks the scores that the task is judged by.",
        "無法排名：符合條件的模型缺少此任務所需的評測分數。",
    ),
    "best_bet": (
        "{name}, {host}: no test has scored it yet; after {predecessor} and {successions} successions in its line one "
        "expects a quality of {quality} and a score of {score}.",
        "{name}，{host}：尚無評測；依 {predecessor} 及同系列 {successions} 次換代推估，品質 {quality}，分數 {score}。",
    ),
    "effort": (", {effort} effort", "，推理強度 {effort}"),
    "bet": ("Best bet", "可期待的新模型"),
    "speed_known": ("{speed} tok/s", "每秒 {speed} 個詞元"),
    "speed_unknown": ("speed not published", "速度未公開"),
    "assumed": ("Assumed", "假設"),
    "strategy": ("Strategy", "策略"),
    "ranking": ("Ranking", "排名"),
    "model": ("model", "模型"),
    "where": ("where", "部署"),
    "quality": ("quality", "品質"),
    "latency": ("latency", "延遲"),
    "cost": ("cost", "費用"),
    "context": ("context", "上下文"),
    "safety": ("safety", "安全"),
    "openness": ("openness", "開放"),
    "adaptability": ("adaptability", "可調適性"),
    "USD/month": ("per month", "每月"),
    "USD/1k requests": ("per 1,000 requests", "每千次請求"),
    "short.USD/month": ("cost per month", "每月費用"),
    "short.USD/1k requests": ("cost per 1k", "每千次費用"),
    "speed": ("tok/s", "詞元/秒"),
    "headroom": ("room", "餘裕"),
    "score": ("score", "分數"),
    "wins": ("wins", "勝率"),
    "legend": (
        "quality: {yardstick}; room: context window over what is needed; wins: share of draws in which it comes "
        "first; *: Pareto, no other is as good in everything and better in something; ?: unknown or not verified.",
        "品質：{yardstick}；餘裕：上下文長度為需求的倍數；勝率：模擬中居首的比例；*：柏"
        "拉圖最佳，沒有其他選項在各項皆不遜且有一項更佳；?：未知或未經查證。",
    ),
    "why": ("Why", "理由"),
    "of_score": ("{parts} of its {score}", "總分 {score} 中 {parts}"),
    "ahead": ("{gap} ahead of the next", "領先下一名 {gap}"),
    "also": ("also at {options}", "亦可用於 {options}"),
    "warning": ("note: {text}", "注意：{text}"),
    "unverified_row": ("not verified: {text}", "未經查證：{text}"),
    "flip": ("Flips", "翻盤"),
    "flip_up": (
        "raising the weight of {criterion} from {start} to {end} puts {winner} first.",
        "將{criterion}的權重由 {start} 提高到 {end}，{winner} 即居首。",
    ),
    "flip_down": (
        "lowering the weight of {criterion} from {start} to {end} puts {winner} first.",
        "將{criterion}的權重由 {start} 降低到 {end}，{winner} 即居首。",
    ),
    "flip_none": ("no change of one weight puts another model first.", "單獨改變任一權重都不會換首名。"),
    "unrated": ("Unrated", "未評分"),
    "excluded": ("Excluded models: {count}", "排除的模型：{count}"),
    "excluded_nearest": (
        "Excluded models: {count}; the {shown} nearest to passing",
        "排除的模型：{count}；最接近符合的 {shown} 個",
    ),
    "excluded_rules": (
        "Excluded models by rule, each by its nearest way; one may count more than once",
        "各項限制排除的模型數（以最接近的方式計，可重複計算）",
    ),
    "excluded_all": ("{flag} lists all {count} with their reasons.", "{flag} 列出全部 {count} 個及其原因。"),
    "and_more": ("and {count} more", "另有 {count} 個"),
    "needs": ("needs {needed}, has {had}", "需要 {needed}，實有 {had}"),
    "asked": ("{had} (asked: {needed})", "{had}（要求：{needed}）"),
    "every_option": ("Every option", "所有選項"),
    "option": ("option", "選項"),
    "unverified": ("Not verified (options)", "未經查證（選項數）"),
    "options": ("{rule} {count}", "{rule} {count}"),
    "binds": ("What binds (models)", "關鍵限制（模型數）"),
    "binds_count": ("{rule} {count}", "{rule} {count}"),
    "relax": ("Smallest changes that admit something", "最小放寬"),
    "admits": ("{flags} admits {models}", "{flags} 可納入 {models}"),
    "admitting": (
        "Only missing facts stand in the way of some options: {flag} admits them.",
        "部分選項只因資料不足而被排除：{flag} 可納入。",
    ),
    "footer": (
        "Catalogue of {date}: {models} models, {options} options; judged as of {as_of}.",
        "目錄日期 {date}：{models} 個模型、{options} 個選項；以 {as_of} 為準。",
    ),
    "more": (
        "--explain shows every criterion and source, --all-options every option.",
        "--explain 顯示各項標準與來源，--all-options 列出所有選項。",
    ),
    "successor": ("In its place: {name}, {where}.", "替代模型：{name}，{where}。"),
    "life_none": ("No host is known to serve {name}", "沒有已知的主機提供 {name}"),
    "life_over": ("{name} has ended", "{name} 已終止"),
    "life_ends": ("{name} ends", "{name} 即將終止"),
    "life_partly": ("{name} ends at some hosts", "{name} 在部分主機終止"),
    "life_endless": ("No end of {name} is known", "未知 {name} 的終止日期"),
    "ended_at": ("{host} ended it on {date}", "{host} 於 {date} 終止"),
    "ends_at": ("{host} ends it on {date}", "{host} 將於 {date} 終止"),
    "names": (" and names {successor}", "，並指定 {successor}"),
    "runs_on": ("its weights can still be run on your own hardware", "其權重仍可自行部署"),
    "implied": ("Implied", "隱含條件"),
    "drop_implied": ("--without NAME drops one", "--without NAME 可去除一項"),
    "candidates": ("What could take its place", "替代模型"),
    "difference": ("vs. old", "差異"),
    "price": ("price", "價格"),
    "capabilities": ("capabilities", "能力"),
    "ends": ("ends", "終止"),
    "no_end": ("no end known", "終止日期未知"),
    "maybe_gone": ("unknown whether it still is", "未知是否仍提供"),
    "not_yet": ("announced", "已公布"),
    "ending_on": ("ends on {date}", "{date} 終止"),
    "replace_legend": (
        "quality: {yardstick}, and the difference in percentage points; price: of a million input and output tokens "
        "added, over the old one's; context: window over the old one's; -: no end known; ?: unknown.",
        "品質：{yardstick}，及百分點差異；價格：每百萬輸入與輸出詞元價格之和，為舊模型的倍數；上下文：為舊模型的倍數；-：終止日期未知；?：未知。",
    ),
    "still_served": ("Where {name} may still be had", "{name} 尚可取得之處"),
    "host": ("host", "主機"),
    "api_id": ("API id", "API 名稱"),
    "input_price": ("$/M input", "每百萬輸入"),
    "output_price": ("$/M output", "每百萬輸出"),
    "state": ("until", "狀態"),
    "notes": ("Notes", "附註"),
    "details": ("{rank}. {name}", "{rank}. {name}"),
    "criterion": ("criterion", "標準"),
    "value": ("value", "數值"),
    "utility": ("utility", "效用"),
    "weight": ("weight", "權重"),
    "contribution": ("contribution", "貢獻"),
    "evidence": ("evidence", "依據"),
    "sources": ("sources", "來源"),
    "total": ("sum", "合計"),
    "memory": ("Memory", "記憶體"),
    "arithmetic": (
        "{weights} weights + {cache} KV cache + {overhead} overhead = {needed} GiB of {available} GiB usable "
        "({evidence})",
        "權重 {weights} + KV 快取 {cache} + 額外 {overhead} = {needed} GiB，可用 {available} GiB（{evidence}）",
    ),
    "bill": ("{bill} ({evidence})", "{bill}（{evidence}）"),
    "machines": ("on {count} machines", "{count} 台機器"),
    "price_of": ("price checked {date}", "價格核對於 {date}"),
    "robustness": ("Robustness", "穩健性"),
    "robust": (
        "score {low} to {high} in 90 % of the draws; first in {wins} of them (seed {seed})",
        "90 % 的模擬中分數為 {low} 至 {high}；{wins} 的模擬居首（種子 {seed}）",
    ),
    "first_token": ("first token", "首個詞元"),
    "decode": ("Speed", "速度"),
    "excluded_options": ("Excluded options, each with its reasons", "排除的選項與原因"),
    "source_list": ("Sources", "來源列表"),
    "read": ("read {date}", "{date} 讀取"),
    "self": ("self-hosted at {level} with {runtime} on {hardware}", "自行部署：{level}、{runtime}、{hardware}"),
    "self_released": (
        "self-hosted as released with {runtime} on {hardware}",
        "自行部署：原始權重、{runtime}、{hardware}",
    ),
    "self_unknown": ("self-hosted with {runtime}, size unknown", "自行部署：{runtime}，大小未知"),
    "and": ("and", "與"),
    "split": ("split with RAM", "部分放在記憶體"),
    "ram": ("in RAM", "放在記憶體"),
    "experts-in-ram": ("experts in RAM", "專家放在記憶體"),
    "api": ("API", "API"),
    "managed": ("managed", "代管"),
    "rule.memory": ("memory", "記憶體"),
    "rule.context": ("context", "上下文"),
    "rule.license": ("license", "授權"),
    "rule.modality": ("modality", "模態"),
    "rule.capability": ("capability", "能力"),
    "rule.speed": ("speed", "速度"),
    "rule.latency": ("latency", "延遲"),
    "rule.budget": ("budget", "預算"),
    "rule.lifecycle": ("lifecycle", "生命週期"),
    "rule.hosting": ("hosting", "託管"),
    "rule.language": ("language", "語言"),
    "rule.quality": ("quality", "品質"),
    "rule.instruct": ("instruct", "指令微調"),
    "rule.throughput": ("throughput", "吞吐量"),
    "rule.exists": ("exists", "存在"),
}


class Phrases:
    """The labels of one language, `en` or `zh`."""

    def __init__(self, language: str = "en") -> None:
        self._place = 1 if language == "zh" else 0
        self.separator = "；" if language == "zh" else "; "
        self.colon = "：" if language == "zh" else ": "
        self.comma = "、" if language == "zh" else ", "

    def __call__(self, key: str, **figures: object) -> str:
        """A label with its figures filled in; a key that nobody has translated speaks for itself."""
        found = _PHRASES.get(key)
        text = found[self._place] if found else key.removeprefix("rule.")
        return text.format(**figures) if figures else text


def join(parts: Iterable[str], say: Phrases) -> str:
    """`a, b and c` in the language of the labels."""
    found = [part for part in parts if part]
    if len(found) < 2:
        return "".join(found)
    return f"{say.comma.join(found[:-1])} {say('and')} {found[-1]}"
