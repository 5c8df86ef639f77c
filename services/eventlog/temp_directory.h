// A directory for one test, removed with all its files when the test ends.
#ifndef QUOTACAST_SERVICES_EVENTLOG_TEMP_DIRECTORY_H_
#define QUOTACAST_SERVICES_EVENTLOG_TEMP_DIRECTORY_H_

#include <stdlib.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

#include "gtest/gtest.h"

namespace quotacast::eventlog {

class TempDirectory {
 public:
  // In Bazel's folder for the test, or in another one when other users have to get there.
  TempDirectory() : TempDirectory(::testing::TempDir()) {}
  explicit TempDirectory(const std::string& parent) : path_(parent + "/eventlog-XXXXXX") {
    if (mkdtemp(path_.data()) == nullptr) {
      std::perror(path_.c_str());
      std::abort();
    }
  }
  TempDirectory(const TempDirectory&) = delete;
  TempDirectory& operator=(const TempDirectory&) = delete;
  ~TempDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  const std::string& path() const { return path_; }
  std::string File(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

}  // namespace quotacast::eventlog

#endif  // QUOTACAST_SERVICES_EVENTLOG_TEMP_DIRECTORY_H_
