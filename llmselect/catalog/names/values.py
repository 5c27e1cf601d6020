"""Other words for the values of flags: for tasks, goals, needs, places, licences, hosts and so on.

A row maps what people type, folded (case, spaces, `-` and `_` do not count), to the words that a field takes.
"""

import re
from collections.abc import Mapping
from typing import Any, get_args

from llmselect.catalog.words import TaskName
from llmselect.errors import fold

TASK_NAMES: tuple[str, ...] = get_args(TaskName)
Words = dict[str, tuple[str, ...]]


def _rows(table: dict[str, str]) -> Words:
    """`one two: "spelling, another"` as a look-up from each folded spelling to the words before it."""
    return {
        fold(spelling): tuple(meant.split()) for meant, spellings in table.items() for spelling in spellings.split(",")
    }


TASK = _rows(
    {
        "conversation": "chat, chatting, chatbot, chat bot, assistant, dialogue, dialog, support, customer support, "
        "customer service, roleplay, role play, companion, 客服, 聊天, 聊天機器人, 聊天机器人, 對話, 对话",
        "content-generation": "content, writing, write, copywriting, creative writing, text generation, blog, "
        "story, story writing, essays, articles, email, emails, marketing, rewriting, proofreading, "
        "grammar, 文章, 寫文章, "
        "brainstorming, 寫作, 写作, 文案, 生成內容, 內容生成, 内容生成",
        "qa": "rag, q&a, q and a, question answering, questions, retrieval, search, faq, knowledge base, "
        "question and answer, questions and answers, docs, 知識庫, 問答, 问答, 檢索, 检索",
        "reasoning": "reason, thinking, logic, problem solving, 推理",
        "coding": "code, coder, programming, program, software, software engineering, code generation, code review, "
        "autocomplete, code completion, completion, developer, development, debugging, refactoring, "
        "bug fixing, unit tests, sql, "
        "python, copilot, 程式, 程式碼, 编程, 編程, 代码, 寫程式",
        "agents": "agent, agentic, computer use, tools, tool use, tool calling, tool-use, "
        "function calling, functions, automation, "
        "workflow, workflows, agentic coding, coding agent, coding agents, 代理, 智能體, 智能体, 工具",
        "summarization": "summarize, summarise, summarisation, summary, summaries, summarizing, tldr, "
        "meeting notes, 會議記錄, 摘要, 總結, 总结",
        "extraction": "extract, extracting, data extraction, information extraction, ner, "
        "entity extraction, parsing, "
        "擷取, 抽取, 提取, 資料擷取",
        "classification": "classify, classifier, classifying, categorization, categorisation, intent detection, "
        "routing, spam, labeling, labelling, tagging, sentiment, "
        "sentiment analysis, moderation, 情感分析, 情緒分析, 分類, 分类",
        "translation": "translate, translating, translator, localization, localisation, translations, "
        "machine translation, mt, 英翻中, 中翻英, 翻譯, 翻译",
        "math": "maths, mathematics, mathematical reasoning, arithmetic, 數學, 数学",
    }
)
OPTIMIZE = _rows(
    {
        "latency": "speed, fast, fastest, faster, quick, time, response time, throughput, 速度, 延遲, 延迟",
        "cost": "price, cheap, cheapest, cheaper, money, budget, costs, low cost, 價格, 价格, 成本, 便宜",
        "quality": "accuracy, best, smart, smartest, intelligence, performance, 品質, 质量, 質量",
        "balanced": "balance, default, all, overall, 平衡, 均衡",
    }
)
DEPLOYMENT = _rows(
    {
        "self-host": "local, locally, self-hosted, self hosting, own, own hardware, on-premise, "
        "on-premises, on-prem, "
        "my machine, offline, 本地, 本機, 本机, 自架, 自建",
        "api managed": "cloud, hosted, remote, saas, online, 雲端, 云端, 雲, 云",
        "api": "apis, serverless, 介面, 接口",
        "managed": "dedicated, endpoint, dedicated endpoint, managed endpoint, 託管, 托管",
        "any": "all, anywhere, either, both, 任何",
    }
)
LICENSE = _rows(
    {
        "osi": "mit, bsd, apache, apache 2, apache-2.0, apache 2.0, osi approved, open source, opensource, "
        "permissive, "
        "mit license, apache license, apache license 2.0, 開源, 开源",
        "commercial": "commercial use, business, commercially usable, commercial ok, 商用, 商業, 商业",
        "any": "all, none needed, research, non-commercial, noncommercial, personal, 任何",
    }
)
NEEDS = _rows(
    {
        "tools": "tool, function calling, functions, function call, tool calling, tool use, tool calls, mcp, "
        "工具, 函式呼叫, 函数调用",
        "structured-output": "json, json mode, json schema, json output, structured, structured outputs, schema, "
        "response format, grammar, 結構化輸出, 结构化输出",
        "reasoning": "thinking, think, chain of thought, extended thinking, 推理, 思考",
        "fine-tuning": "finetune, finetuning, fine tune, tuning, lora, qlora, training, 微調, 微调",
        "streaming": "stream, streamed, sse, 串流, 流式",
        "system-prompt": "system, system message, system prompts, system role, 系統提示, 系统提示",
    }
)
MODALITY = _rows(
    {
        "image": "images, vision, picture, pictures, photo, photos, visual, 圖片, 图片, 圖像, 图像, 視覺, 视觉",
        "audio": "speech, voice, sound, 語音, 语音, 音訊, 音频",
        "video": "videos, movie, 影片, 视频",
        "pdf": "pdfs, document, documents, 文件, 文档",
        "text": "texts, words, 文字, 文本",
    }
)
INPUT_NEEDS = _rows(
    {
        "image": "vision, image, images, image input, multimodal, visual, 視覺, 视觉, 圖片, 图片",
        "audio": "audio, audio input, speech input",
        "video": "video, video input",
        "pdf": "pdf, pdfs",
    }
)
PRIVACY = _rows(
    {
        "no-training": "no train, no training on data, not trained on, opt out, 不訓練, 不训练",
        "zero-retention": "zdr, zero data retention, no retention, no logging, no logs, 零保留",
        "vpc": "private network, private cloud, virtual private cloud, private link, privatelink, 私有網路",
        "on-prem": "on-premise, on-premises, local, self-hosted, air gapped, airgapped, 本地, 本機",
        "any": "none, no, default",
    }
)
RESPONSE_TIME = _rows(
    {
        "real-time": "realtime, interactive, live, online, streaming, 即時, 实时",
        "batch": "offline, async, asynchronous, deferred, overnight, 批次, 批量",
    }
)
COMPUTE = _rows({"high": "large, big, strong, 高", "medium": "mid, middle, 中", "low": "small, weak, 低"})
DOMAIN = _rows({"general": "generic, open, all, 通用, 一般", "specific": "specialized, specialised, niche, 特定"})
EFFORT = _rows(
    {
        "none": "off, no, no thinking, non-thinking, disabled, instant",
        "low": "minimal, light",
        "medium": "mid, moderate",
        "high": "hard",
        "max": "maximum, xhigh, extra high, highest, ultra",
    }
)
CRITERION = _rows({"latency": "speed, time", "cost": "price, money", "quality": "accuracy"})

_OF_FIELDS: dict[str, Words] = {
    "task": TASK,
    "optimize": OPTIMIZE,
    "deployment": DEPLOYMENT,
    "license": LICENSE,
    "needs": NEEDS,
    "modality_in": MODALITY,
    "modality_out": MODALITY,
    "privacy": PRIVACY,
    "response_time": RESPONSE_TIME,
    "compute": COMPUTE,
    "domain": DOMAIN,
    "effort": EFFORT,
    "weight": CRITERION,
}


def plain(given: Mapping[str, Any]) -> dict[str, Any]:
    """Raw values of fields with the fields' own words in place of those that people use; all else as it is.

    An input among the needs, such as vision, becomes a modality to take in.
    """
    found = {name: _plain_value(_OF_FIELDS[name], raw) if name in _OF_FIELDS else raw for name, raw in given.items()}
    if isinstance(found.get("task"), str):
        found["task"] = found["task"] if found["task"] in TASK_NAMES else _task(found["task"])
    words = _items(found.get("needs"))
    inputs = [kind for word in words if isinstance(word, str) for kind in INPUT_NEEDS.get(fold(word), ())]
    if inputs:
        found["needs"] = [word for word in words if not isinstance(word, str) or fold(word) not in INPUT_NEEDS]
        found["modality_in"] = list(dict.fromkeys([*_items(found.get("modality_in")), *inputs]))
    return found


def _task(typed: str) -> str:
    """The task that a phrase speaks of: `email classification`, `coding assistant`, `程式碼生成`; else the phrase.

    Words that speak of several tasks are not understood, and neither are inputs: an image is no text. Conversation and
    writing are the form of other tasks too, so that any of those goes before them.
    """
    words = [fold(word) for word in re.findall(r"[^\W\d_]+", typed)]
    if not typed.isascii():  # Chinese does not part its words
        words = [word for word in (*TASK, *MODALITY) if not word.isascii() and word in typed]
    if any(MODALITY.get(word, (word,))[0] in ("image", "audio", "video") for word in words):
        return typed
    tasks = {task for word in words for task in TASK.get(word, (word,)) if task in TASK_NAMES}
    for form in ("conversation", "content-generation"):
        tasks = tasks - {form} or tasks
    return tasks.pop() if len(tasks) == 1 else typed


def _plain_value(words: Words, raw: Any) -> Any:
    if isinstance(raw, str) and "," not in raw:
        meant = _meant(words, raw)
        return meant[0] if len(meant) == 1 else list(meant)
    if isinstance(raw, (str, list, tuple)):
        return [one for word in _items(raw) for one in (_meant(words, word) if isinstance(word, str) else (word,))]
    if isinstance(raw, Mapping):
        return {_meant(words, name)[0] if isinstance(name, str) else name: value for name, value in raw.items()}
    return raw


def _meant(words: Words, word: str) -> tuple[str, ...]:
    """The words that one means, or that one as it is; of `NAME=NUMBER` the name is looked at."""
    name, equals, number = word.partition("=")
    return tuple(one + equals + number for one in words[fold(name)]) if fold(name) in words else (word,)


def _items(raw: Any) -> list[Any]:
    """The entries of a list, or of a text with commas between them; none of what is neither."""
    if isinstance(raw, str):
        return raw.split(",")
    return list(raw) if isinstance(raw, (list, tuple)) else []
