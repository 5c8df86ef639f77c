#include "tools/bench/server_process.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"

namespace quotacast::bench {
namespace {

constexpr char kListening[] = "listening on ";

// Starts `command`, its stdout on `stdout_fd` when that is not negative. -1 when it cannot fork.
pid_t Spawn(const std::vector<std::string>& command, int stdout_fd) {
  std::vector<char*> arguments;
  for (const std::string& argument : command) {
    arguments.push_back(const_cast<char*>(argument.c_str()));
  }
  arguments.push_back(nullptr);
  const pid_t pid = fork();
  if (pid != 0) return pid;
  if (stdout_fd >= 0) dup2(stdout_fd, STDOUT_FILENO);
  execv(arguments[0], arguments.data());
  std::perror(arguments[0]);
  _exit(127);
}

}  // namespace

absl::Status RunCommand(const std::vector<std::string>& command) {
  std::fflush(stdout);
  const pid_t pid = Spawn(command, STDERR_FILENO);
  int status = 0;
  if (pid < 0 || waitpid(pid, &status, 0) != pid) {
    return absl::InternalError(absl::StrCat("cannot run ", command[0]));
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    return absl::InternalError(absl::StrCat(command[0], " failed"));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<ServerProcess>> ServerProcess::Start(
    const std::string& binary, const std::vector<std::string>& flags) {
  int ends[2];
  if (pipe(ends) != 0) return absl::InternalError("cannot make a pipe");
  std::fflush(stdout);
  std::vector<std::string> command = {binary, "--listen", "127.0.0.1:0"};
  command.insert(command.end(), flags.begin(), flags.end());
  const pid_t pid = Spawn(command, ends[1]);
  close(ends[1]);
  std::string printed;
  size_t line = std::string::npos, end = std::string::npos;
  char buffer[256];
  while (pid > 0 && end == std::string::npos) {
    const ssize_t got = read(ends[0], buffer, sizeof buffer);
    if (got <= 0) break;
    printed.append(buffer, static_cast<size_t>(got));
    line = printed.find(kListening);
    if (line != std::string::npos) end = printed.find('\n', line);
  }
  close(ends[0]);
  if (end == std::string::npos) {
    if (pid > 0) {
      kill(pid, SIGKILL);
      waitpid(pid, nullptr, 0);
    }
    return absl::UnavailableError(
        absl::StrCat(binary, " did not say where it listens; it printed: ", printed));
  }
  line += sizeof kListening - 1;
  return std::unique_ptr<ServerProcess>(new ServerProcess(pid, printed.substr(line, end - line)));
}

ServerProcess::~ServerProcess() {
  kill(pid_, SIGTERM);
  waitpid(pid_, nullptr, 0);
}

absl::StatusOr<double> ServerProcess::ResidentMegabytes() const {
  std::ifstream status(absl::StrCat("/proc/", pid_, "/status"));
  std::string word;
  while (status >> word) {
    double kibibytes = 0;
    if (word == "VmRSS:" && status >> kibibytes) return kibibytes * 1024 / 1e6;
  }
  return absl::InternalError("cannot read the server's memory");
}

absl::StatusOr<double> ServerProcess::ProcessorSeconds() const {
  std::ifstream file(absl::StrCat("/proc/", pid_, "/stat"));
  std::string text;
  std::getline(file, text);
  // "pid (name) state ..."; the name may contain blanks. User and system time are the 12th and 13th
  // fields after it, in clock ticks.
  const size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return absl::InternalError("cannot read the server's time");
  std::istringstream fields(text.substr(name_end + 1));
  std::string skipped;
  for (int i = 0; i < 11; ++i) fields >> skipped;
  double user_ticks = 0, system_ticks = 0;
  if (!(fields >> user_ticks >> system_ticks)) {
    return absl::InternalError("cannot read the server's time");
  }
  return (user_ticks + system_ticks) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

}  // namespace quotacast::bench
