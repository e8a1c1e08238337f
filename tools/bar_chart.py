"""Bar charts as SVG, the same bytes for the same figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

# Okabe and Ito's colours, which colour-blind readers can distinguish.
_COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#999999", "#f0e442")
_WIDTH, _LABELS, _VALUES = 860, 230, 70
_BAR, _GAP, _TOP, _LEGEND_ROW, _LEGEND_COLUMN = 22, 12, 44, 20, 200


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One bar: its label and its parts, in the chart's order."""

    label: str
    parts: Mapping[str, float]

    @property
    def total(self) -> float:
        """The bar's length."""
        return sum(self.parts.values())


def draw_bars(title: str, bars: Sequence[Bar], *, unit: str) -> str:
    """Return an SVG of horizontal bars; `unit` is a format for the totals, such as "${:.0f}"."""
    names = list(dict.fromkeys(name for bar in bars for name in bar.parts))
    colours = {name: _COLOURS[place % len(_COLOURS)] for place, name in enumerate(names)}
    longest = max((bar.total for bar in bars), default=1.0)
    scale = (_WIDTH - _LABELS - _VALUES) / longest
    lines: list[str] = []
    for place, bar in enumerate(bars):
        lines += _draw_bar(bar, _TOP + place * (_BAR + _GAP), scale, colours, unit)
    bottom = _TOP + len(bars) * (_BAR + _GAP)
    legend = _draw_legend(colours, bottom + _GAP) if len(names) > 1 else []
    height = bottom + (_GAP + _LEGEND_ROW * (1 + (len(names) - 1) // 4) if legend else 0) + _GAP
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" role="img"'
    )
    style = 'font-family="system-ui, sans-serif" font-size="13" fill="#222"'
    return "\n".join(
        [
            f"{head} {style}>",
            f"<title>{escape(title)}</title>",
            f'<rect width="{_WIDTH}" height="{height}" fill="#fff"/>',
            f'<text x="12" y="26" font-size="16" font-weight="600">{escape(title)}</text>',
            *lines,
            *legend,
            "</svg>",
            "",
        ]
    )


def _draw_bar(bar: Bar, top: int, scale: float, colours: Mapping[str, str], unit: str) -> list[str]:
    base = top + _BAR - 6
    drawn = [f'<text x="{_LABELS - 10}" y="{base}" text-anchor="end">{escape(bar.label)}</text>']
    left = float(_LABELS)
    for name, value in bar.parts.items():
        width = value * scale
        shown = f"{escape(bar.label)}, {escape(name)}: {unit.format(value)}"
        drawn.append(
            f'<rect x="{left:.1f}" y="{top}" width="{width:.1f}" height="{_BAR}" fill="{colours[name]}">'
            f"<title>{shown}</title></rect>"
        )
        left += width
    drawn.append(f'<text x="{left + 6:.1f}" y="{base}">{unit.format(bar.total)}</text>')
    return drawn


def _draw_legend(colours: Mapping[str, str], top: int) -> list[str]:
    drawn = []
    for place, (name, colour) in enumerate(colours.items()):
        left, base = 12 + place % 4 * _LEGEND_COLUMN, top + place // 4 * _LEGEND_ROW
        drawn.append(f'<rect x="{left}" y="{base}" width="12" height="12" fill="{colour}"/>')
        drawn.append(f'<text x="{left + 18}" y="{base + 11}">{escape(name)}</text>')
    return drawn
