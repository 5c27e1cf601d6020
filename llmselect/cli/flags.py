"""The flags of `recommend` as a table, from which its signature and its help are made.

It stands apart from `Requirements`, which has the same fields, so that `--help` needs no pydantic;
a test holds the two equal.
"""

from typing import Literal, NamedTuple

Kind = Literal["text", "list", "switch"]

QUESTIONS = "The four questions"
MOST = "Needed most"
INPUTS = "Inputs and outputs"
WORKLOAD = "Capabilities, workload and money"
SPEED = "Speed (too slow is excluded, with the estimate)"
WHERE = "Where it runs"
HARDWARE = "Hardware (named: owned; none named: the tier, rented)"
LICENCE = "Licence and quality"
PREFERENCE = "Preference"
JUDGEMENT = "Judgement"
OUTPUT = "Output"
GROUPS = (QUESTIONS, MOST, INPUTS, WORKLOAD, SPEED, WHERE, HARDWARE, LICENCE, PREFERENCE, JUDGEMENT, OUTPUT)


class Flag(NamedTuple):
    """One flag. `name` is the field's; `default` says in words what holds without it; `short` is a second spelling.

    An underscore behind a name that Python needs for itself, such as `from_`, is not typed.
    """

    name: str
    group: str
    help: str
    metavar: str = ""
    default: str = ""
    kind: Kind = "text"
    short: str = ""

    @property
    def spellings(self) -> tuple[str, ...]:
        """How it is typed, such as `--max-ttft-ms`."""
        long = "--" + self.name.rstrip("_").replace("_", "-")
        return (long, self.short) if self.short else (long,)


TASKS = (
    "conversation", "content-generation", "qa", "reasoning", "coding", "agents",
    "summarization", "extraction", "classification", "translation", "math",
)  # fmt: skip
TIERS = "high: 2 x h100-sxm-80gb; medium: 1 x l40s; low: 1 x t4"

FIELDS: tuple[Flag, ...] = (
    Flag("task", QUESTIONS, "What it is for: " + ", ".join(TASKS) + ".", "TASK", "conversation"),
    Flag("compute", QUESTIONS,
         f"Tier of the machine ({TIERS}); named hardware goes before it.", "high|medium|low", "medium"),
    Flag("response_time", QUESTIONS,
         "Whether somebody waits; real-time excludes what is slower than reading.", "real-time|batch"),
    Flag("domain", QUESTIONS,
         "Whether it must learn a field; specific scores how well a model adapts.", "general|specific"),
    Flag("gpu", MOST, 'GPU at hand, such as "RTX 3090"; case, spaces and dashes do not matter.', "NAME"),
    Flag("hardware", MOST,
         "Machine at hand: auto detects this one; cpu; a device; or a YAML file that describes it.", "auto|NAME|FILE"),
    Flag("deployment", MOST,
         "Kinds of access; others are excluded. Repeatable.", "api|managed|self-host|any", "any", "list"),
    Flag("requests_per_month", MOST,
         "Volume; turns cost into a monthly bill and excludes machines that are too slow.",
         "N", "cost per 1,000 requests"),
    Flag("budget", MOST, "Most to pay in a month; dearer options are excluded.", "USD"),
    Flag("license", MOST,
         "Terms that are needed; an option whose terms are others, or unknown, is excluded.",
         "any|commercial|osi", "any"),
    Flag("context_tokens", MOST,
         "Tokens of prompt and answer together, such as 8k; smaller windows are excluded.", "N", "the task's workload"),
    Flag("optimize", MOST, "What to weigh three times as much.", "balanced|quality|cost|latency", "balanced"),
    Flag("modality_in", INPUTS,
         "What it must take in, beside the task's own. Repeatable.", "text|image|audio|video|pdf", kind="list"),
    Flag("modality_out", INPUTS,
         "What it must give, beside the task's own. Repeatable.", "text|image|audio|video|pdf", kind="list"),
    Flag("language", INPUTS,
         "Natural language such as zh; unknown ones stay, marked ?. Repeatable.", "CODE", kind="list"),
    Flag("prompt_tokens", INPUTS, "Tokens of one prompt.", "N", "the task's workload"),
    Flag("output_tokens", INPUTS, "Tokens of one answer.", "N", "the task's workload"),
    Flag("needs", WORKLOAD, "Capabilities; what lacks one is excluded, unknown ones stay, marked ?. Repeatable.",
         "tools|structured-output|reasoning|fine-tuning|streaming|system-prompt", kind="list"),
    Flag("requests_per_day", WORKLOAD, "Volume by day, in place of --requests-per-month.", "N"),
    Flag("cached_share", WORKLOAD, "Share of prompt tokens that are read from the host's cache.", "0...1", "0"),
    Flag("batch_share", WORKLOAD,
         "Share of requests that may be deferred: billed by batch, and served outside the peak.",
         "0...1", "0; 1 with --response-time batch"),
    Flag("peak_share", WORKLOAD, "Share of other requests in the dear hours of hosts that have such.", "0...1", "0"),
    Flag("peak_to_mean", WORKLOAD, "Rate of requests in the busiest time over the mean; machines must hold it.",
         "X", "2"),
    Flag("hours_per_day", WORKLOAD, "Hours of a day in which requests come; rented machines run in these alone.",
         "N", "24"),
    Flag("spare_machines", WORKLOAD, "Machines beyond those that the peak needs, against failures.", "N", "0"),
    Flag("verbosity", WORKLOAD,
         "own counts each model's thinking; equal takes all answers to be of --output-tokens.", "own|equal", "own"),
    Flag("concurrency", WORKLOAD, "Requests at the same time.", "N", "1"),
    Flag("max_ttft_ms", SPEED, "Longest wait for the first token.", "MS"),
    Flag("min_tok_s", SPEED, "Fewest tokens per second for one reader.", "N"),
    Flag("max_latency_s", SPEED, "Longest wait for the whole answer.", "SECONDS"),
    Flag("host", WHERE,
         "Hosts that may serve it, self for your own machine; others are excluded. Repeatable.", "NAME", kind="list"),
    Flag("offline", WHERE, "Works without a network: excludes everything but self-hosting.", kind="switch"),
    Flag("region", WHERE, "Where requests must be served, such as EU or US; excludes hosts that do not say.", "CODE"),
    Flag("privacy", WHERE, "What hosts may do with requests; excludes those that do more or do not say.",
         "any|no-training|zero-retention|vpc|on-prem", "any"),
    Flag("gpus", HARDWARE, "Number of equal GPUs.", "N", "1"),
    Flag("vram", HARDWARE, "Memory of one GPU, such as 24GiB; describes a GPU that is not in the catalogue.", "SIZE"),
    Flag("ram", HARDWARE, "System memory, which then counts too, such as 64GiB.", "SIZE"),
    Flag("bandwidth", HARDWARE, "Memory bandwidth of one device, such as 1008GB/s.", "RATE"),
    Flag("usable_memory_share", HARDWARE,
         "Share of the memory that a model may fill.", "0...1", "0.92 of a GPU, 0.75 of unified or system memory"),
    Flag("gpu_only", HARDWARE, "Excludes what does not fit in GPU memory.", kind="switch"),
    Flag("gpu_hour_usd", HARDWARE, "Your own price of a GPU-hour, in place of electricity.", "USD"),
    Flag("kwh_usd", HARDWARE, "Price of electricity for owned hardware.", "USD", "0.15"),
    Flag("purchase_usd", HARDWARE,
         "Price of one machine that you buy; as many as the load takes are bought.", "USD", "it is there already"),
    Flag("years", HARDWARE, "Years over which a purchase is spread.", "N", "4"),
    Flag("power_w", HARDWARE, "Power that one device draws at work, in place of its rated one.", "W"),
    Flag("quantization", HARDWARE,
         "Coarsest quantisation of weights that you run; none is as released.",
         "any|none|q8|q6|q5|q4|q3|q2", "any, which is q4"),
    Flag("open_weights", LICENCE, "Excludes models whose weights are not published.", kind="switch"),
    Flag("monthly_active_users", LICENCE, "Your users; licences that allow fewer are excluded.", "N"),
    Flag("domicile", LICENCE,
         "Where you are at home, such as EU or KR; licences that leave it out are excluded.", "CODE"),
    Flag("at_least", LICENCE, "A model that the answer may not be weaker than at the task.", "MODEL"),
    Flag("effort", LICENCE,
         "Reasoning effort; excludes options at another one. Every scored effort competes unless given.",
         "none|low|medium|high|max"),
    Flag("min_score", LICENCE,
         "Floor for a published score, such as mmlu=60; excludes what is lower or not known. Repeatable.",
         "TEST=X", kind="list"),
    Flag("weight", PREFERENCE,
         "Weight of quality, latency, cost, context, safety, openness or adaptability. Repeatable.",
         "NAME=X", "the task's", "list"),
    Flag("as_of", JUDGEMENT, "Day that prices, shutdowns and releases are judged by.", "DATE", "today"),
    Flag("horizon_months", JUDGEMENT,
         "Months that it must live on: what its host ends sooner is excluded.", "N", "0"),
    Flag("strict", JUDGEMENT, "Excludes whatever could not be verified.", kind="switch"),
    Flag("allow_unknown", JUDGEMENT, "Keeps what is excluded only because a fact is unknown.", kind="switch"),
    Flag("policy", JUDGEMENT,
         "document puts the source document's own answer first; needs its four questions.",
         "default|document", "default"),
)  # fmt: skip

OUTPUTS: tuple[Flag, ...] = (
    Flag("probe", HARDWARE, "Runs `probe --quick` first, and judges on this machine (--hardware auto).", kind="switch"),
    Flag("profile", PREFERENCE,
         "YAML file with any of these fields, names with underscores; flags go before it.", "FILE"),
    Flag("top", OUTPUT, "Models to rank.", "N", "5"),
    Flag("all_options", OUTPUT, "Lists every option of each ranked model, not the best alone.", kind="switch"),
    Flag("format", OUTPUT, "How to write the answer.", "table|markdown|json|csv|html", "table"),
    Flag("json", OUTPUT, "Short for --format json.", kind="switch"),
    Flag("output", OUTPUT, "Writes the answer into a file, whole or not at all.", "FILE", short="-o"),
    Flag("explain", OUTPUT, "Adds every criterion, the memory arithmetic and all sources.", kind="switch"),
    Flag("lang", OUTPUT, "Language of the labels.", "en|zh-TW", "the locale's"),
)  # fmt: skip

RECOMMEND: tuple[Flag, ...] = FIELDS + OUTPUTS
