// A PostgreSQL server for tests: a cluster of its own in a fresh directory, started in one to two
// seconds, on a Unix socket and on a free port of 127.0.0.1, gone when the object or the program
// goes. One per test program; give each test a log schema or a database of its own.
#ifndef QUOTACAST_SERVICES_EVENTLOG_POSTGRES_TEST_CLUSTER_H_
#define QUOTACAST_SERVICES_EVENTLOG_POSTGRES_TEST_CLUSTER_H_

#include <sys/types.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace quotacast::eventlog {

struct PostgresTestClusterOptions {
  // Tests of durability need it on; it is how a server comes.
  bool fsync = true;
  // More settings, each "name=value".
  std::vector<std::string> settings;
};

// Not thread-safe. Aborts the test program, with the server's log, when the server cannot be
// started. The server ends with the thread that started it (and so with the program, however that
// ends): start it on a thread that lives long enough, such as the main one. PostgreSQL refuses to
// run as root; then the server runs as "postgres", or "nobody" where there is no such user.
class PostgresTestCluster {
 public:
  using Options = PostgresTestClusterOptions;

  static std::unique_ptr<PostgresTestCluster> Start(Options options = {});
  PostgresTestCluster(const PostgresTestCluster&) = delete;
  PostgresTestCluster& operator=(const PostgresTestCluster&) = delete;
  ~PostgresTestCluster();

  // A libpq connection string: the superuser kUser over the Unix socket, without a password.
  std::string ConnectionString(const std::string& database = "postgres") const;
  // Over TCP, as a URI; the server asks for kPassword.
  std::string TcpUri(const std::string& password, const std::string& database = "postgres") const;
  int port() const { return port_; }
  const std::string& socket_directory() const { return directory_; }

  // A new database; returns its name.
  std::string CreateDatabase();

  // Ends the server as an administrator would: open transactions are rolled back, all is written.
  void Stop();
  // Ends it as a power cut would: SIGKILL to every process, nothing is written any more.
  void Crash();
  // Starts it again on the same directory and port, after Stop or Crash; recovers first.
  // `settings` are added to those of the options, for this run.
  void Restart(const std::vector<std::string>& settings = {});

  static constexpr char kUser[] = "quotacast";
  static constexpr char kPassword[] = "Open-Sesame";

 private:
  explicit PostgresTestCluster(Options options);
  void Initialize();
  // False when the server ended before it was ready.
  bool TryStart(const std::vector<std::string>& settings);
  void DrainLog(int descriptor);
  void AwaitEnd();
  [[noreturn]] void Die(const std::string& what);
  // What the children run as; 0 keeps the caller's.
  void BecomeServerUser() const;

  const Options options_;
  std::string directory_;
  std::string binaries_;
  uid_t user_ = 0;
  gid_t group_ = 0;
  int port_ = 0;
  int database_count_ = 0;
  pid_t pid_ = -1;  // Of the running server.

  std::thread log_thread_;
  std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_.
  std::string log_;
  bool is_ready_ = false;
  bool has_ended_ = false;
};

}  // namespace quotacast::eventlog

#endif  // QUOTACAST_SERVICES_EVENTLOG_POSTGRES_TEST_CLUSTER_H_
