#include "services/ingestion/feed_message.h"

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/protobuf/wire_format_lite.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "services/ingestion/converters.h"

namespace quotacast::ingestion {
namespace {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;
using google::protobuf::io::CodedOutputStream;

size_t VarintSize(uint64_t value) { return CodedOutputStream::VarintSize64(value); }

size_t IntFieldSize(int64_t value) {
  return value == 0 ? 0 : 1 + VarintSize(static_cast<uint64_t>(value));
}

// Tag, length and content; all field numbers here are below 16, so a tag is one byte.
size_t BytesFieldSize(size_t size) { return 1 + VarintSize(size) + size; }

// An absent string of proto3 takes no room.
size_t TextFieldSize(const std::string& text) {
  return text.empty() ? 0 : BytesFieldSize(text.size());
}

size_t TimestampSize(const google::protobuf::Timestamp& time) {
  return IntFieldSize(time.seconds()) + IntFieldSize(time.nanos());
}

// Appends in the way of the generated code. `position` points into a string of the right size.
class Writer {
 public:
  explicit Writer(uint8_t* position) : position_(position) {}

  void Int(int field, int64_t value) {
    if (value == 0) return;
    Tag(field, WireFormatLite::WIRETYPE_VARINT);
    position_ = CodedOutputStream::WriteVarint64ToArray(static_cast<uint64_t>(value), position_);
  }
  void Header(int field, size_t size) {
    Tag(field, WireFormatLite::WIRETYPE_LENGTH_DELIMITED);
    position_ = CodedOutputStream::WriteVarint64ToArray(size, position_);
  }
  void Bytes(int field, const std::string& bytes) {
    Header(field, bytes.size());
    position_ =
        CodedOutputStream::WriteRawToArray(bytes.data(), static_cast<int>(bytes.size()), position_);
  }
  void Text(int field, const std::string& text) {
    if (!text.empty()) Bytes(field, text);
  }
  void Timestamp(int field, const google::protobuf::Timestamp& time) {
    Header(field, TimestampSize(time));
    Int(google::protobuf::Timestamp::kSecondsFieldNumber, time.seconds());
    Int(google::protobuf::Timestamp::kNanosFieldNumber, time.nanos());
  }

 private:
  void Tag(int field, WireFormatLite::WireType type) {
    position_ = CodedOutputStream::WriteVarint32ToArray(
        static_cast<uint32_t>(field) << 3 | static_cast<uint32_t>(type), position_);
  }
  uint8_t* position_;
};

}  // namespace

void FeedMessage::AddEvent(const eventlog::StoredEvent& stored) {
  if (finished_) bytes_.clear();
  finished_ = false;
  const eventlog::EventId& id = stored.event.id;
  const google::protobuf::Timestamp recorded = ToTimestamp(stored.recorded_time);
  google::protobuf::Timestamp effective;
  const bool has_effective = stored.event.effective_time.has_value();
  if (has_effective) effective = ToTimestamp(*stored.event.effective_time);

  const size_t id_size =
      TextFieldSize(id.source) + TextFieldSize(id.source_key) + TextFieldSize(id.version);
  const size_t record_size = IntFieldSize(stored.offset) + BytesFieldSize(id_size) +
                             (has_effective ? BytesFieldSize(TimestampSize(effective)) : 0) +
                             BytesFieldSize(TimestampSize(recorded)) +
                             BytesFieldSize(stored.event.payload.size()) +
                             IntFieldSize(stored.is_erased ? 1 : 0);

  const size_t begin = bytes_.size();
  bytes_.resize(begin + BytesFieldSize(record_size));
  Writer writer(reinterpret_cast<uint8_t*>(bytes_.data()) + begin);
  writer.Header(v1::WatchEventsResponse::kEventsFieldNumber, record_size);
  writer.Int(v1::EventRecord::kOffsetFieldNumber, stored.offset);
  writer.Header(v1::EventRecord::kIdFieldNumber, id_size);
  writer.Text(v1::EventId::kSourceFieldNumber, id.source);
  writer.Text(v1::EventId::kSourceKeyFieldNumber, id.source_key);
  writer.Text(v1::EventId::kVersionFieldNumber, id.version);
  if (has_effective) writer.Timestamp(v1::EventRecord::kEffectiveTimeFieldNumber, effective);
  writer.Timestamp(v1::EventRecord::kRecordedTimeFieldNumber, recorded);
  writer.Bytes(v1::EventRecord::kEventFieldNumber, stored.event.payload);
  writer.Int(v1::EventRecord::kIsErasedFieldNumber, stored.is_erased ? 1 : 0);
}

const std::string& FeedMessage::Finish(bool caught_up, int64_t read_offset) {
  if (finished_) bytes_.clear();
  finished_ = true;
  const size_t begin = bytes_.size();
  bytes_.resize(begin + IntFieldSize(caught_up ? 1 : 0) + IntFieldSize(read_offset));
  Writer writer(reinterpret_cast<uint8_t*>(bytes_.data()) + begin);
  writer.Int(v1::WatchEventsResponse::kCaughtUpFieldNumber, caught_up ? 1 : 0);
  writer.Int(v1::WatchEventsResponse::kReadOffsetFieldNumber, read_offset);
  return bytes_;
}

bool IsMessage(const std::string& payload) {
  CodedInputStream input(reinterpret_cast<const uint8_t*>(payload.data()),
                         static_cast<int>(payload.size()));
  while (true) {
    const uint32_t tag = input.ReadTag();
    if (tag == 0) return input.ConsumedEntireMessage();
    if (!WireFormatLite::SkipField(&input, tag)) return false;
  }
}

}  // namespace quotacast::ingestion
