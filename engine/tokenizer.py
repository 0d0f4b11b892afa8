"""A tokenizer for English and Chinese in one model."""

from __future__ import annotations

import os
import re
from typing import Any, Dict, List, Text

import jieba
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message

# A run of Han characters, or a word of any other script (with inner apostrophes, hyphens and full stops: don't, e-mail).
HAN_RANGE = r"\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_RUN = re.compile(rf"[{HAN_RANGE}]+|[^\W{HAN_RANGE}_]+(?:['’.-][^\W{HAN_RANGE}_]+)*")
_HAN = re.compile(rf"[{HAN_RANGE}]")

jieba.setLogLevel("WARNING")
if os.environ.get("XIADU_CACHE"):
    jieba.dt.tmp_dir = os.environ[
        "XIADU_CACHE"
    ]  # not in the shared /tmp, where jieba keeps its prefix table by default


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class BilingualTokenizer(Tokenizer):
    """Splits Latin words at their borders and Han text with jieba.

    Rasa's whitespace tokenizer refuses Chinese and its jieba tokenizer refuses English; one model needs both.
    """

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """Returns Rasa's defaults for a tokenizer."""
        return {
            "intent_tokenization_flag": False,
            "intent_split_symbol": "_",
            "token_pattern": None,
            "prefix_separator_symbol": None,
        }

    @staticmethod
    def required_packages() -> List[Text]:
        """Names the package that does the Chinese."""
        return ["jieba"]

    def tokenize(self, message: Message, attribute: Text) -> List[Token]:
        """Splits an attribute of a message into tokens, with offsets into its text."""
        text: str = message.get(attribute)
        tokens = []
        for run in _RUN.finditer(text):
            if _HAN.match(run.group()):
                tokens += [Token(word, run.start() + start) for word, start, _ in jieba.tokenize(run.group())]
            else:
                tokens.append(Token(run.group(), run.start()))
        # A text without words (a smiley, "?!") is one token: without any, the message has no features and can't be classified.
        split: List[Token] = self._apply_token_pattern(tokens or [Token(text, 0)])
        return split
