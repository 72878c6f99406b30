"""交换中心: what a person sees and does of the packets between the township and the county."""

from __future__ import annotations

from desktop.tools.exchange.page import ExchangePage

PAGE = ExchangePage
