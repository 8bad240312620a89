"""Makes one person's calls through an unmodified Python SDK.

Usage: calls.py segment|rudder HOST WRITE_KEY, with the person as JSON on standard input.
Prints the number of events the SDK gave up on.
"""

import json
import sys


def client(sdk, host, write_key, on_error):
    if sdk == "segment":
        from segment.analytics.client import Client
    else:
        from rudderstack.analytics.client import Client
    return Client(write_key=write_key, host=host, on_error=on_error, upload_interval=0.2)


def story(analytics, person):
    anonymous_id = person["anonymousId"]
    former_id, user_id = person["formerId"], person["userId"]
    analytics.page(anonymous_id=anonymous_id, name="Pricing", properties={"url": "https://shop.example/pricing"})
    analytics.identify(former_id, person["traits"], anonymous_id=anonymous_id)
    analytics.track(former_id, "Order Completed", {"total": 30.5, "big": 9007199254740993, "": None})
    analytics.group(former_id, person["groupId"], {"name": "Łoś & Co"})
    analytics.alias(former_id, user_id)
    analytics.track(user_id, "Order Completed", {"note": "\u0001 \u2028 😀"})
    analytics.track(user_id, "Ticket Opened")


def main():
    sdk, host, write_key = sys.argv[1:]
    lost = []
    analytics = client(sdk, host, write_key, lambda error, items: lost.extend(items))
    story(analytics, json.load(sys.stdin))
    analytics.flush()
    analytics.join()
    print(len(lost))


if __name__ == "__main__":
    main()
