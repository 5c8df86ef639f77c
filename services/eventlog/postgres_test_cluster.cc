#include "services/eventlog/postgres_test_cluster.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <grp.h>
#include <netinet/in.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <mutex>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/eventlog/postgres_connection.h"

namespace quotacast::eventlog {
namespace {

// Short, because the path of a Unix socket has at most 107 bytes, and under /tmp, because Bazel's
// own directories lie where only the user who runs the test may go.
constexpr char kDirectoryPrefix[] = "/tmp/quotacast-pg-";
constexpr int kStartAttempts = 5;

// The newest of Debian's versions, or QUOTACAST_POSTGRES_BIN.
std::string FindBinaries() {
  if (const char* chosen = std::getenv("QUOTACAST_POSTGRES_BIN"); chosen != nullptr) return chosen;
  int newest = 0;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator("/usr/lib/postgresql", ignored)) {
    int version = 0;
    if (absl::SimpleAtoi(entry.path().filename().string(), &version) && version > newest &&
        std::filesystem::exists(entry.path() / "bin" / "postgres")) {
      newest = version;
    }
  }
  return newest == 0 ? "" : absl::StrCat("/usr/lib/postgresql/", newest, "/bin");
}

// Directories of programs that were killed before they could tidy up.
void RemoveStaleDirectories() {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator("/tmp", ignored)) {
    const std::string path = entry.path().string();
    if (path.rfind(kDirectoryPrefix, 0) != 0) continue;
    const std::vector<std::string> parts =
        absl::StrSplit(path.substr(sizeof(kDirectoryPrefix) - 1), '-');
    int pid = 0;
    if (absl::SimpleAtoi(parts[0], &pid) && pid > 0 && kill(pid, 0) != 0 && errno == ESRCH) {
      std::filesystem::remove_all(path, ignored);
    }
  }
}

// Free when asked; another program may take it before the server does, which then tries another.
int FreePort() {
  const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof(address);
  int port = 0;
  if (bind(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0 &&
      getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &length) == 0) {
    port = ntohs(address.sin_port);
  }
  close(descriptor);
  return port;
}

std::vector<char*> Argv(std::vector<std::string>& words) {
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  return argv;
}

// The processes whose parent is `parent`.
std::vector<pid_t> ChildrenOf(pid_t parent) {
  std::vector<pid_t> children;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", ignored)) {
    int pid = 0;
    if (!absl::SimpleAtoi(entry.path().filename().string(), &pid)) continue;
    std::ifstream stat(entry.path() / "stat");
    std::string line;
    std::getline(stat, line);
    // "pid (name) state ppid ...": the name may hold anything but ends with the last parenthesis.
    const size_t name_end = line.rfind(')');
    if (name_end == std::string::npos) continue;
    const std::vector<std::string> fields = absl::StrSplit(line.substr(name_end + 2), ' ');
    int of_parent = 0;
    if (fields.size() > 1 && absl::SimpleAtoi(fields[1], &of_parent) && of_parent == parent) {
      children.push_back(pid);
    }
  }
  return children;
}

}  // namespace

std::unique_ptr<PostgresTestCluster> PostgresTestCluster::Start(Options options) {
  std::unique_ptr<PostgresTestCluster> cluster(new PostgresTestCluster(std::move(options)));
  cluster->Initialize();
  for (int attempt = 0; attempt < kStartAttempts; ++attempt) {
    cluster->port_ = FreePort();
    if (cluster->TryStart({})) return cluster;
  }
  cluster->Die("PostgreSQL does not start");
}

PostgresTestCluster::PostgresTestCluster(Options options) : options_(std::move(options)) {
  RemoveStaleDirectories();
  binaries_ = FindBinaries();
  if (binaries_.empty()) Die("no PostgreSQL under /usr/lib/postgresql: run tools/do setup");
  directory_ = absl::StrCat(kDirectoryPrefix, getpid(), "-XXXXXX");
  if (mkdtemp(directory_.data()) == nullptr) Die("cannot create " + directory_);
  if (getuid() != 0) return;
  const passwd* account = getpwnam("postgres");
  if (account == nullptr) account = getpwnam("nobody");
  if (account == nullptr) Die("PostgreSQL refuses root, and there is no other user to run it");
  user_ = account->pw_uid;
  group_ = account->pw_gid;
  if (chown(directory_.c_str(), user_, group_) != 0) Die("cannot give away " + directory_);
}

PostgresTestCluster::~PostgresTestCluster() {
  if (pid_ > 0) {
    // At once; the server still returns its shared memory to the system, which SIGKILL would not.
    kill(pid_, SIGQUIT);
    AwaitEnd();
  }
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

void PostgresTestCluster::Die(const std::string& what) {
  std::fprintf(stderr, "%s\n", what.c_str());
  const std::lock_guard<std::mutex> lock(mutex_);
  std::fprintf(stderr, "%s\n", log_.c_str());
  std::abort();
}

void PostgresTestCluster::BecomeServerUser() const {
  if (chdir("/") != 0) _exit(126);
  if (user_ == 0) return;
  if (setgroups(0, nullptr) != 0 || setgid(group_) != 0 || setuid(user_) != 0) _exit(126);
}

void PostgresTestCluster::Initialize() {
  const std::string password_path = directory_ + "/password";
  std::ofstream(password_path) << kPassword << "\n";
  chmod(password_path.c_str(), 0644);
  std::vector<std::string> words = {binaries_ + "/initdb",
                                    "--pgdata=" + directory_ + "/data",
                                    absl::StrCat("--username=", kUser),
                                    "--pwfile=" + password_path,
                                    "--auth-local=trust",
                                    "--auth-host=scram-sha-256",
                                    "--no-locale",
                                    "--encoding=UTF8",
                                    "--no-sync",
                                    "--no-instructions"};
  const std::vector<char*> argv = Argv(words);
  const std::string log_path = directory_ + "/initdb.log";
  const int log = open(log_path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
  const pid_t pid = fork();
  if (pid == 0) {
    BecomeServerUser();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(log, STDOUT_FILENO);
    dup2(log, STDERR_FILENO);
    execv(argv[0], argv.data());
    _exit(127);
  }
  close(log);
  int status = 0;
  if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0) {
    std::ifstream file(log_path);
    log_.assign(std::istreambuf_iterator<char>(file), {});
    Die("initdb failed");
  }
}

bool PostgresTestCluster::TryStart(const std::vector<std::string>& settings) {
  std::vector<std::string> words = {binaries_ + "/postgres", "-D", directory_ + "/data"};
  std::vector<std::string> all = {
      absl::StrCat("port=", port_),
      "listen_addresses=127.0.0.1",
      "unix_socket_directories=" + directory_,
      absl::StrCat("fsync=", options_.fsync ? "on" : "off"),
      "shared_buffers=64MB",
      "lc_messages=C",
      // Files, which go with the directory; shared memory of the system would stay after a crash.
      "dynamic_shared_memory_type=mmap",
      "logging_collector=off",
  };
  all.insert(all.end(), options_.settings.begin(), options_.settings.end());
  all.insert(all.end(), settings.begin(), settings.end());
  for (std::string& setting : all) {
    words.push_back("-c");
    words.push_back(std::move(setting));
  }
  const std::vector<char*> argv = Argv(words);
  int log[2];
  if (pipe2(log, O_CLOEXEC) != 0) Die("no descriptors");
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    is_ready_ = false;
    has_ended_ = false;
  }
  pid_ = fork();
  if (pid_ < 0) Die("cannot fork");
  if (pid_ == 0) {
    BecomeServerUser();
    // After the change of user, which would clear it.
    prctl(PR_SET_PDEATHSIG, SIGQUIT);
    dup2(log[1], STDOUT_FILENO);
    dup2(log[1], STDERR_FILENO);
    execv(argv[0], argv.data());
    _exit(127);
  }
  close(log[1]);
  log_thread_ = std::thread([this, descriptor = log[0]] { DrainLog(descriptor); });
  {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [this] { return is_ready_ || has_ended_; });
    if (is_ready_) return true;
  }
  AwaitEnd();
  return false;
}

void PostgresTestCluster::DrainLog(int descriptor) {
  char buffer[4096];
  size_t searched = 0;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    searched = log_.size();
  }
  for (ssize_t n = read(descriptor, buffer, sizeof(buffer)); n > 0;
       n = read(descriptor, buffer, sizeof(buffer))) {
    const std::lock_guard<std::mutex> lock(mutex_);
    log_.append(buffer, static_cast<size_t>(n));
    if (log_.find("database system is ready to accept connections", searched) !=
        std::string::npos) {
      is_ready_ = true;
    }
    changed_.notify_all();
  }
  close(descriptor);
  // All processes that could write have ended.
  const std::lock_guard<std::mutex> lock(mutex_);
  has_ended_ = true;
  changed_.notify_all();
}

void PostgresTestCluster::AwaitEnd() {
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
  log_thread_.join();
}

void PostgresTestCluster::Stop() {
  kill(pid_, SIGINT);
  AwaitEnd();
}

void PostgresTestCluster::Crash() {
  // Stopped first, so that it makes no new process while the old ones are killed.
  kill(pid_, SIGSTOP);
  for (const pid_t child : ChildrenOf(pid_)) kill(child, SIGKILL);
  kill(pid_, SIGKILL);
  AwaitEnd();
}

void PostgresTestCluster::Restart(const std::vector<std::string>& settings) {
  if (!TryStart(settings)) Die("PostgreSQL does not start again");
}

std::string PostgresTestCluster::ConnectionString(const std::string& database) const {
  return absl::StrCat("host=", directory_, " port=", port_, " user=", kUser, " dbname=", database);
}

std::string PostgresTestCluster::TcpUri(const std::string& password,
                                        const std::string& database) const {
  return absl::StrCat("postgresql://", kUser, ":", password, "@127.0.0.1:", port_, "/", database);
}

std::string PostgresTestCluster::CreateDatabase() {
  const std::string name = absl::StrCat("database", ++database_count_);
  const absl::StatusOr<PostgresAddress> address = PostgresAddress::Parse(ConnectionString());
  const absl::StatusOr<std::unique_ptr<PostgresConnection>> connection =
      PostgresConnection::Open(*address, PostgresSessionOptions());
  if (!connection.ok()) Die(connection.status().ToString());
  const absl::Status status = (*connection)->Execute("CREATE DATABASE " + name);
  if (!status.ok()) Die(status.ToString());
  return name;
}

}  // namespace quotacast::eventlog
