"""One row: client, what to do, address, file. Prints what the answer is; fails on a refusal."""
import hashlib
import http.client
import sys
import urllib.error
import urllib.parse
import urllib.request

client, what, url, path = sys.argv[1:5]
data = open(path, "rb").read()


def pieces():
    for at in range(0, len(data), 60000):
        yield data[at:at + 60000]


def tell(status, body, record=""):
    if status >= 400:
        print(status, record, body.decode())
        sys.exit(1)
    print(status, hashlib.sha256(body).hexdigest())


def with_urllib():
    query = urllib.parse.urlencode({"q": data.decode()})
    form = urllib.parse.urlencode({"text": data.decode()}).encode()
    request = {
        "get": lambda: urllib.request.Request(url),
        "query": lambda: urllib.request.Request(url + "?" + query),
        "post": lambda: urllib.request.Request(url, data=data),
        "pieces": lambda: urllib.request.Request(url, data=pieces(), method="POST"),
        "form": lambda: urllib.request.Request(url, data=form),
        "put": lambda: urllib.request.Request(url, data=data, method="PUT"),
    }[what]()
    try:
        with urllib.request.urlopen(request) as answer:
            tell(answer.status, answer.read())
    except urllib.error.HTTPError as e:
        tell(e.code, e.read(), e.headers["X-Customs-Record"])


def with_requests():
    import requests
    session = requests.Session()
    answer = {
        "get": lambda: session.get(url, stream=True),
        "query": lambda: session.get(url, params={"q": data.decode()}),
        "post": lambda: session.post(url, data=data),
        # Not in pieces: requests before 2.29 sends those past its proxy.
        "file": lambda: session.post(url, data=open(path, "rb")),
        "form": lambda: session.post(url, data={"text": data.decode()}),
        "multipart": lambda: session.post(url, files={"file": ("list.txt", open(path, "rb"), "text/plain")}),
        "twice": lambda: [session.post(url, data=data), session.post(url, data=data)][1],
        "json": lambda: session.post(url, json={"text": data.decode()}),
    }[what]()
    tell(answer.status_code, answer.content, answer.headers.get("X-Customs-Record", ""))


{"urllib": with_urllib, "requests": with_requests}[client]()
