// An NCCL and a CUDA driver for the tests: the ranks are threads, the memory of the GPU is that of the CPU. Refuses what it is told to.
#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace
{
    struct Id { char bytes[128]; };

    struct Meeting
    {
        std::mutex gate;
        std::condition_variable all;
        int size = 0, here = 0;
        long round = 0;
        std::vector<const void*> sent;

        void wait()
        {
            std::unique_lock<std::mutex> lock(gate);
            const long mine = round;
            if (++here == size)
            {
                here = 0;
                round++;
                all.notify_all();
            }
            else
                all.wait(lock, [&] { return round != mine; });
        }
    };

    struct Communicator { Meeting* meeting; int rank; };

    std::mutex naming;
    std::map<std::string, Meeting*> meetings;
    int names, alive, calls;
    char refused[64];
    thread_local void* context;

    int answer(const char* function) { return strcmp(refused, function) == 0 ? 1 : !context ? 5 : 0; }

    template <class T> void reduce(const std::vector<const void*>& sent, T* result, size_t count, bool largest)
    {
        for (size_t i = 0; i < count; i++)
        {
            T value = static_cast<const T*>(sent[0])[i];
            for (size_t rank = 1; rank < sent.size(); rank++)
            {
                const T other = static_cast<const T*>(sent[rank])[i];
                value = largest ? std::max(value, other) : value + other;
            }
            result[i] = value;
        }
    }
}

extern "C"
{
    void fake_refuse(const char* function) { strncpy(refused, function, sizeof refused - 1); }
    int fake_alive() { return alive; }
    int fake_calls() { return calls; }

    int cuDevicePrimaryCtxRetain(void** primary, int device) { *primary = reinterpret_cast<void*>(intptr_t(device) + 1); return 0; }
    int cuCtxSetCurrent(void* wanted) { context = wanted; return 0; }

    const char* ncclGetErrorString(int) { return "an invented error"; }
    int ncclGetVersion(int* version) { *version = 22703; return 0; }

    int ncclGetUniqueId(Id* id)
    {
        std::lock_guard<std::mutex> lock(naming);
        memset(id, 0, sizeof *id);
        names++;
        snprintf(id->bytes, sizeof id->bytes, "meeting %d", names);
        // All of the identifier has to arrive.
        id->bytes[127] = static_cast<char>(names);
        return 0;
    }

    int ncclCommInitRank(Communicator** result, int size, Id id, int rank)
    {
        if (const int code = answer("ncclCommInitRank"))
            return code;
        Meeting* meeting;
        {
            std::lock_guard<std::mutex> lock(naming);
            auto& named = meetings[std::string(id.bytes, sizeof id.bytes)];
            if (!named)
            {
                named = new Meeting;
                named->size = size;
                named->sent.resize(size);
            }
            meeting = named;
            alive++;
        }
        *result = new Communicator{meeting, rank};
        meeting->wait();
        return 0;
    }

    int ncclCommDestroy(Communicator* communicator)
    {
        std::lock_guard<std::mutex> lock(naming);
        alive--;
        delete communicator;
        return 0;
    }

    int ncclAllReduce(const void* send, void* receive, size_t count, int type, int operation, Communicator* own, void*)
    {
        if (const int code = answer("ncclAllReduce"))
            return code;
        {
            std::lock_guard<std::mutex> lock(naming);
            calls++;
        }
        own->meeting->sent[own->rank] = send;
        own->meeting->wait();
        std::vector<char> result(count * 8);
        const bool largest = operation == 2;
        switch (type)
        {
            case 4: reduce(own->meeting->sent, reinterpret_cast<int64_t*>(result.data()), count, largest); break;
            case 7: reduce(own->meeting->sent, reinterpret_cast<float*>(result.data()), count, largest); break;
            case 8: reduce(own->meeting->sent, reinterpret_cast<double*>(result.data()), count, largest); break;
            default: return 4;
        }
        own->meeting->wait();
        memcpy(receive, result.data(), count * (type == 7 ? 4 : 8));
        return 0;
    }

    int ncclBroadcast(const void* send, void* receive, size_t bytes, int type, int root, Communicator* own, void*)
    {
        if (type != 1)
            return 4;
        own->meeting->sent[own->rank] = send;
        own->meeting->wait();
        if (own->rank != root)
            memcpy(receive, own->meeting->sent[root], bytes);
        own->meeting->wait();
        return 0;
    }

    int ncclAllGather(const void* send, void* receive, size_t bytes, int type, Communicator* own, void*)
    {
        if (type != 1)
            return 4;
        own->meeting->sent[own->rank] = send;
        own->meeting->wait();
        for (int rank = 0; rank < own->meeting->size; rank++)
            memcpy(static_cast<char*>(receive) + rank * bytes, own->meeting->sent[rank], bytes);
        own->meeting->wait();
        return 0;
    }
}
