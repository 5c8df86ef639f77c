// Programs that a test runs: the built binaries, as a user would start them.
#ifndef QUOTACAST_TESTS_SUPPORT_CHILD_PROCESS_H_
#define QUOTACAST_TESTS_SUPPORT_CHILD_PROCESS_H_

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

namespace quotacast::tests {

// The path of a built binary or data file, by its place in the workspace:
// "services/quotacastd/quotacastd". It must be in the test's `data`. Files of external
// repositories: "external/buf/buf".
std::string RunfilePath(const std::string& workspace_path);

// A fresh folder for one test, inside Bazel's own.
std::string MakeTempDirectory(const std::string& name);

// The whole file; aborts the test program when it cannot be read.
std::string ReadFileOrDie(const std::string& path);

// How a program ended.
struct ProgramResult {
  int exit_code = 0;   // 128 + signal when a signal ended it.
  std::string output;  // Standard output.
  std::string errors;  // Standard error.
};

// Runs a program to its end. `arguments` does not repeat the program.
ProgramResult RunProgram(const std::string& program, const std::vector<std::string>& arguments);

// A program that runs beside the test. Not thread-safe. Killed when the object or the test
// program goes.
class ChildProcess {
 public:
  static std::unique_ptr<ChildProcess> Start(const std::string& program,
                                             const std::vector<std::string>& arguments);
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ~ChildProcess();

  pid_t pid() const { return pid_; }

  // Blocks for the next line of its standard output, without the line's end; empty when it ended.
  std::string ReadLine();

  void Signal(int signal_number);

  // Blocks until the program ends.
  ProgramResult Wait();

 private:
  ChildProcess(pid_t pid, int output_descriptor, std::string errors_path);

  const pid_t pid_;
  const int output_descriptor_;
  const std::string errors_path_;
  bool ended_ = false;
};

}  // namespace quotacast::tests

#endif  // QUOTACAST_TESTS_SUPPORT_CHILD_PROCESS_H_
