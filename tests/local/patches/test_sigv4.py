from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from local.patches.sigv4 import SentRequest, SignatureError, check_signature, read_signature

# AWS's own test suite for SigV4: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-test-suite.html
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
SIGNED_AT = datetime(2015, 8, 30, 12, 36, tzinfo=UTC)
SCOPE = "AKIDEXAMPLE/20150830/us-east-1/service/aws4_request"
VANILLA = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"


def request_of(
    signature: str,
    method: str = "GET",
    path: str = "/",
    query: str = "",
    body: bytes = b"",
    signed: str = "host;x-amz-date",
    **headers: str,
) -> SentRequest:
    authorization = f"AWS4-HMAC-SHA256 Credential={SCOPE}, SignedHeaders={signed}, Signature={signature}"
    others = {name.replace("_", "-"): value for name, value in headers.items()}
    sent = {"host": "example.amazonaws.com", "x-amz-date": "20150830T123600Z", **others}
    return SentRequest(
        method=method,
        path=path,
        query_string=query,
        headers={"authorization": authorization, **sent},
        body=body,
    )


def check(
    request: SentRequest, *, service: str = "service", region: str = "us-east-1", now: datetime = SIGNED_AT
) -> None:
    check_signature(request, read_signature(request), SECRET, service=service, region=region, now=now)


@pytest.mark.parametrize(
    "request_",
    [
        request_of(VANILLA),
        request_of("5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b", "POST"),
        request_of("8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85", path="/ሴ"),
        request_of(VANILLA, path="/example/.."),
        request_of(
            "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
            query="Param2=value2&Param1=value1",
        ),
        request_of(
            "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736",
            signed="host;my-header1;my-header2;x-amz-date",
            my_header1=" value1",
            my_header2='"a   b   c"',
        ),
        request_of(
            "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
            "POST",
            body=b"Param1=value1",
            signed="content-type;host;x-amz-date",
            content_type="application/x-www-form-urlencoded",
        ),
    ],
    ids=["vanilla", "post", "utf8", "relative", "query-order", "header-trim", "form"],
)
def test_the_signatures_of_awss_own_test_suite_stand(request_: SentRequest) -> None:
    check(request_)


@pytest.mark.parametrize("seconds", [-300, 0, 300])
def test_a_signature_stands_for_five_minutes(seconds: int) -> None:
    check(request_of(VANILLA), now=SIGNED_AT + timedelta(seconds=seconds))


@pytest.mark.parametrize(("seconds", "told"), [(-301, "of a time to come"), (301, "has expired")])
def test_a_signature_falls_after_five_minutes(seconds: int, told: str) -> None:
    with pytest.raises(SignatureError, match=told):
        check(request_of(VANILLA), now=SIGNED_AT + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("changes", "region", "service", "told"),
    [
        ({"method": "POST"}, "us-east-1", "service", "of another request"),
        ({"path": "/other"}, "us-east-1", "service", "of another request"),
        ({"query": "a=1"}, "us-east-1", "service", "of another request"),
        ({"body": b"x"}, "us-east-1", "service", "of another request"),
        ({"host": "example.com"}, "us-east-1", "service", "of another request"),
        ({}, "eu-west-1", "service", "not 20150830/eu-west-1/service/aws4_request"),
        ({}, "us-east-1", "execute-api", "not 20150830/us-east-1/execute-api/aws4_request"),
        ({"x_amz_date": "20150830T123601Z"}, "us-east-1", "service", "of another request"),
        ({"x_amz_date": "20150831T000100Z"}, "us-east-1", "service", r"has expired|a time to come"),
        ({"x_amz_date": "yesterday"}, "us-east-1", "service", "the time is not one"),
        ({"x_amz_content_sha256": "UNSIGNED-PAYLOAD"}, "us-east-1", "service", "not the hash of the body"),
        ({"signed": "host;x-amz-date;x-more"}, "us-east-1", "service", "missing: x-more"),
        ({"signed": "x-amz-date"}, "us-east-1", "service", "host is not signed"),
    ],
)
def test_a_signature_of_something_else_falls(changes: dict, region: str, service: str, told: str) -> None:
    with pytest.raises(SignatureError, match=told):
        check(request_of(VANILLA, **changes), region=region, service=service)


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "foo",
        "Bearer abc",
        "AWS4-HMAC-SHA256",
        "AWS4-HMAC-SHA256 Credential=a, Signature=b",
        "AWS4-ECDSA x=y",
    ],
)
def test_what_is_no_signature_is_refused(authorization: str) -> None:
    request = SentRequest(
        method="GET",
        path="/",
        query_string="",
        headers={"authorization": authorization, "host": "h"},
        body=b"",
    )
    with pytest.raises(SignatureError, match=r"has no signature|lacks a part"):
        read_signature(request)
