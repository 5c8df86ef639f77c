// What the peers write: one event as a log's table keeps it.
#ifndef QUOTACAST_TOOLS_BENCH_PEERS_LOG_ROW_H_
#define QUOTACAST_TOOLS_BENCH_PEERS_LOG_ROW_H_

#include <cstdint>
#include <string>

namespace quotacast::bench {

struct LogRow {
  std::string source;
  std::string source_key;
  std::string version;
  int64_t effective_micros = 0;
  std::string payload;
};

}  // namespace quotacast::bench

#endif  // QUOTACAST_TOOLS_BENCH_PEERS_LOG_ROW_H_
