// WatchEventsResponse, serialised straight from what the log has: the payload of an event is the
// serialised CrmEvent already, so it is copied and neither parsed nor made anew.
#ifndef QUOTACAST_SERVICES_INGESTION_FEED_MESSAGE_H_
#define QUOTACAST_SERVICES_INGESTION_FEED_MESSAGE_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "services/eventlog/event_log.h"

namespace quotacast::ingestion {

// Not thread-safe. The bytes equal those of the ordinary message with the same contents.
//
//   FeedMessage message;
//   message.AddEvent(stored);
//   send(message.Finish(caught_up, read_offset));
class FeedMessage {
 public:
  void AddEvent(const eventlog::StoredEvent& event);

  // Ends the message. Valid until the next call on this object, which begins another message.
  const std::string& Finish(bool caught_up, int64_t read_offset);

 private:
  std::string bytes_;
  bool finished_ = false;
};

// True when `payload` is a well-formed sequence of fields. Garbage is told from a message without
// knowing what the message means; a damaged message may still pass.
bool IsMessage(const std::string& payload);

}  // namespace quotacast::ingestion

#endif  // QUOTACAST_SERVICES_INGESTION_FEED_MESSAGE_H_
