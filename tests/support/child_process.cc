#include "tests/support/child_process.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace quotacast::tests {
namespace {

[[noreturn]] void Die(const std::string& what) {
  std::fprintf(stderr, "%s\n", what.c_str());
  std::abort();
}

std::string TempRoot() {
  const char* root = std::getenv("TEST_TMPDIR");
  return root == nullptr ? std::filesystem::temp_directory_path().string() : root;
}

}  // namespace

std::string RunfilePath(const std::string& workspace_path) {
  const char* root = std::getenv("TEST_SRCDIR");
  const char* workspace = std::getenv("TEST_WORKSPACE");
  if (root == nullptr || workspace == nullptr) return workspace_path;
  return absl::StrCat(root, "/", workspace, "/", workspace_path);
}

std::string MakeTempDirectory(const std::string& name) {
  std::string path = absl::StrCat(TempRoot(), "/", name, "-XXXXXX");
  if (mkdtemp(path.data()) == nullptr) Die("cannot create " + path);
  return path;
}

std::string ReadFileOrDie(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) Die("cannot read " + path);
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

ProgramResult RunProgram(const std::string& program, const std::vector<std::string>& arguments) {
  return ChildProcess::Start(program, arguments)->Wait();
}

std::unique_ptr<ChildProcess> ChildProcess::Start(const std::string& program,
                                                  const std::vector<std::string>& arguments) {
  const std::string errors_path = absl::StrCat(MakeTempDirectory("child"), "/stderr");
  const int errors_descriptor = open(errors_path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  int output[2];
  if (errors_descriptor < 0 || pipe2(output, O_CLOEXEC) != 0) Die("no descriptors for " + program);
  std::vector<std::string> words = arguments;
  words.insert(words.begin(), program);
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);

  const pid_t pid = fork();
  if (pid < 0) Die("cannot fork for " + program);
  if (pid == 0) {
    // The test may be killed for its time; its children must not stay.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(output[1], STDOUT_FILENO);
    dup2(errors_descriptor, STDERR_FILENO);
    execv(argv[0], argv.data());
    _exit(127);
  }
  close(output[1]);
  close(errors_descriptor);
  return std::unique_ptr<ChildProcess>(new ChildProcess(pid, output[0], errors_path));
}

ChildProcess::ChildProcess(pid_t pid, int output_descriptor, std::string errors_path)
    : pid_(pid), output_descriptor_(output_descriptor), errors_path_(std::move(errors_path)) {}

ChildProcess::~ChildProcess() {
  if (!ended_) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  close(output_descriptor_);
}

std::string ChildProcess::ReadLine() {
  std::string line;
  char c = 0;
  while (read(output_descriptor_, &c, 1) == 1 && c != '\n') line += c;
  return line;
}

void ChildProcess::Signal(int signal_number) { kill(pid_, signal_number); }

ProgramResult ChildProcess::Wait() {
  ProgramResult result;
  char buffer[4096];
  for (ssize_t n = read(output_descriptor_, buffer, sizeof(buffer)); n > 0;
       n = read(output_descriptor_, buffer, sizeof(buffer))) {
    result.output.append(buffer, static_cast<size_t>(n));
  }
  int status = 0;
  waitpid(pid_, &status, 0);
  ended_ = true;
  result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  result.errors = ReadFileOrDie(errors_path_);
  return result;
}

}  // namespace quotacast::tests
