using System.Runtime.InteropServices;

namespace Dbt.Translator.CodeCache;

/// <summary>One element of a singly linked list in unmanaged memory.</summary>
struct Node
{
    /// <summary>What the list is about: a tagged pointer.</summary>
    public nint Item;
    /// <summary>Next element (Node*), or 0.</summary>
    public nint Next;
}

/// <summary>Gives out list nodes; freed ones are reused. Not thread-safe: belongs to the cache's lock.</summary>
sealed unsafe class NodePool : IDisposable
{
    const int ChunkNodes = 1024;
    readonly List<nint> chunks = [];
    Node* free;

    /// <summary>Puts an item at the front of a list.</summary>
    public void Push(ref nint head, nint item)
    {
        if (free == null) Grow();
        Node* node = free;
        free = (Node*)node->Next;
        node->Item = item;
        node->Next = head;
        head = (nint)node;
    }

    /// <summary>Takes the item at the front of a list; false if the list is empty.</summary>
    public bool TryPop(ref nint head, out nint item)
    {
        Node* node = (Node*)head;
        if (node == null)
        {
            item = 0;
            return false;
        }
        item = node->Item;
        head = node->Next;
        Free(node);
        return true;
    }

    /// <summary>Removes one occurrence of an item.</summary>
    public void Remove(ref nint head, nint item)
    {
        for (nint* link = (nint*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref head); *link != 0; link = &((Node*)*link)->Next)
        {
            Node* node = (Node*)*link;
            if (node->Item != item) continue;
            *link = node->Next;
            Free(node);
            return;
        }
    }

    /// <summary>Removes every item whose address (without the tag bit) lies in a segment's data.</summary>
    public void RemoveInside(ref nint head, CodeSegment segment)
    {
        for (nint* link = (nint*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref head); *link != 0;)
        {
            Node* node = (Node*)*link;
            if (segment.ContainsData((void*)(node->Item & ~1)))
            {
                *link = node->Next;
                Free(node);
            }
            else
            {
                link = &node->Next;
            }
        }
    }

    /// <summary>Frees all nodes.</summary>
    public void Dispose()
    {
        foreach (nint chunk in chunks) NativeMemory.Free((void*)chunk);
        chunks.Clear();
        free = null;
    }

    void Free(Node* node)
    {
        node->Next = (nint)free;
        free = node;
    }

    void Grow()
    {
        var chunk = (Node*)NativeMemory.Alloc(ChunkNodes, (nuint)sizeof(Node));
        chunks.Add((nint)chunk);
        for (int i = ChunkNodes - 1; i >= 0; i--) Free(chunk + i);
    }
}
