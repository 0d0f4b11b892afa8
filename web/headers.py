"""What browsers are told to refuse: the headers of every page."""

from __future__ import annotations

from collections.abc import Sequence

_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "frame-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'self'",
}
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def headers(framed_by: Sequence[str] = ()) -> dict[str, str]:
    """Gives the headers of a page.

    Args:
        framed_by: origins that may show it in a frame, e.g. ``'self'`` or ``https://www.example.gov.cn``; none by default.
    """
    policy = {**_POLICY, "frame-ancestors": " ".join(framed_by) or "'none'"}
    return {**_ALWAYS, "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items())}
