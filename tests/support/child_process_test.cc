// Goal: what tests learn about a program is what it did.
// Method: the shell as the program.
#include "tests/support/child_process.h"

#include <signal.h>

#include <memory>

#include "gtest/gtest.h"

namespace quotacast::tests {
namespace {

TEST(RunProgramTest, CollectsOutputErrorsAndCode) {
  const ProgramResult result = RunProgram("/bin/sh", {"-c", "echo out; echo err >&2; exit 3"});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_EQ(result.output, "out\n");
  EXPECT_EQ(result.errors, "err\n");
  EXPECT_EQ(RunProgram("/does/not/exist", {}).exit_code, 127);
}

TEST(ChildProcessTest, ReadsLinesAndDeliversSignals) {
  const std::unique_ptr<ChildProcess> child =
      ChildProcess::Start("/bin/sh", {"-c", "echo one; echo two; exec tail -f /dev/null"});
  EXPECT_EQ(child->ReadLine(), "one");
  EXPECT_EQ(child->ReadLine(), "two");
  child->Signal(SIGKILL);
  EXPECT_EQ(child->Wait().exit_code, 128 + SIGKILL);
  EXPECT_EQ(child->ReadLine(), "");
}

TEST(MakeTempDirectoryTest, GivesAFreshOneEachTime) {
  EXPECT_NE(MakeTempDirectory("a"), MakeTempDirectory("a"));
}

}  // namespace
}  // namespace quotacast::tests
