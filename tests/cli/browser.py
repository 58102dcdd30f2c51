"""Headless Chromium, driven through WebDriver (W3C) by chromedriver: what tests of pages share."""

import json
import subprocess
import tempfile
import urllib.request

CHROMIUM = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--disable-dev-shm-usage", "--window-size=1400,900"]


class Browser:
    def __init__(self) -> None:
        self.profile = tempfile.TemporaryDirectory()
        self.driver = subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                       text=True)
        port = ""
        for line in self.driver.stdout:
            if "successfully on port" in line:
                port = line.split()[-1].rstrip(".")
                break
        self.base = f"http://127.0.0.1:{port}/session"
        options = {"args": [*CHROMIUM, f"--user-data-dir={self.profile.name}"]}
        capabilities = {"capabilities": {"alwaysMatch": {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}}}
        self.base += "/" + self.call("POST", "", capabilities)["sessionId"]

    def call(self, method: str, path: str, body: object = None) -> object:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data=data, method=method,
                                         headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["value"]

    def open(self, url: str) -> None:
        self.call("POST", "/url", {"url": url})

    def script(self, text: str) -> object:
        return self.call("POST", "/execute/sync", {"script": text, "args": []})

    def element(self, selector: str) -> str:
        found = self.call("POST", "/element", {"using": "css selector", "value": selector})
        return next(iter(found.values()))

    def click(self, selector: str) -> None:
        self.call("POST", f"/element/{self.element(selector)}/click", {})

    def type(self, selector: str, text: str) -> None:
        self.call("POST", f"/element/{self.element(selector)}/value", {"text": text})

    def texts(self, selector: str) -> list[str]:
        return self.script(f"return [...document.querySelectorAll('{selector}')].map((e) => e.textContent)")

    def faults(self) -> list[dict]:
        return self.call("POST", "/se/log", {"type": "browser"})

    def resize(self, width: int, height: int) -> None:
        """The page's own size: windows of headless Chromium have a least width."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self.call("POST", "/goog/cdp/execute", {"cmd": "Emulation.setDeviceMetricsOverride", "params": metrics})

    def close(self) -> None:
        self.call("DELETE", "")
        self.driver.terminate()
        self.driver.wait()
        self.driver.stdout.close()
        self.profile.cleanup()
