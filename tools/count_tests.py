"""Counts test cases of a Bazel run: `count_tests.py BUILD_EVENTS_JSON BAZEL_EXIT_CODE`.

Bazel counts targets; people count test cases. The cases are read from each target's test.xml. A
target that failed without saying which case counts as one failure, and so does a target that was
not built. Prints `N passed, N failed, N skipped`; exits 1 when something failed or when nothing ran.
Skipped cases are named on standard error.
"""

import json
import os
import sys
import urllib.parse
import xml.etree.ElementTree as ElementTree


def read_events(path):
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def count_xml(path):
    """Returns (passed, failed, names of skipped cases) of one test.xml."""
    passed = failed = 0
    skipped = []
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        if case.get("status") == "notrun":
            continue
        if case.find("failure") is not None or case.find("error") is not None:
            failed += 1
        elif case.find("skipped") is not None or case.get("result") == "skipped":
            skipped.append("%s.%s" % (case.get("classname"), case.get("name")))
        else:
            passed += 1
    return passed, failed, skipped


def main():
    events_path, bazel_code = sys.argv[1], int(sys.argv[2])
    xmls, statuses = {}, {}
    for event in read_events(events_path):
        kind = event["id"]
        if "testResult" in kind and "testResult" in event:
            label = kind["testResult"]["label"]
            for output in event["testResult"].get("testActionOutput", []):
                if output["name"] == "test.xml" and output.get("uri", "").startswith("file://"):
                    xmls[label] = urllib.parse.unquote(output["uri"][len("file://"):])
        elif "testSummary" in kind and "testSummary" in event:
            statuses[kind["testSummary"]["label"]] = event["testSummary"]["overallStatus"]
        elif "targetCompleted" in kind and kind["targetCompleted"]["label"] not in statuses:
            # Overwritten by the summary of a test that was built.
            if not event.get("completed", {}).get("success") and "_test" in kind["targetCompleted"]["label"]:
                statuses[kind["targetCompleted"]["label"]] = "NOT_BUILT"

    passed = failed = skip_count = 0
    for label, status in sorted(statuses.items()):
        good, bad, skipped = 0, 0, []
        if label in xmls and os.path.exists(xmls[label]):
            good, bad, skipped = count_xml(xmls[label])
        if status not in ("PASSED", "FLAKY") and bad == 0:
            bad = 1
        if status in ("PASSED", "FLAKY") and good + bad + len(skipped) == 0:
            bad = 1
            print("%s passed without running a test case" % label, file=sys.stderr)
        for name in skipped:
            print("skipped: %s (%s)" % (name, label), file=sys.stderr)
        passed, failed, skip_count = passed + good, failed + bad, skip_count + len(skipped)
    if bazel_code != 0 and failed == 0:
        failed = 1  # The build itself failed.
    print("%d passed, %d failed, %d skipped" % (passed, failed, skip_count))
    return 1 if failed or passed == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
