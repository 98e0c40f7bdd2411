package android.content;

import android.net.Uri;
import fake.Phone;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;

public abstract class ContentResolver {
  public final Uri insert(Uri collection, ContentValues values) {
    Uri uri = Uri.parse(collection + "/" + (Phone.media.size() + 1));
    Phone.media.put(uri, new Phone.Media(collection, values));
    return uri;
  }

  public final int update(Uri uri, ContentValues values, String where, String[] arguments) {
    Phone.media.get(uri).values.putAll(values.map);
    return 1;
  }

  public final int delete(Uri uri, String where, String[] arguments) {
    return Phone.media.remove(uri) == null ? 0 : 1;
  }

  public final OutputStream openOutputStream(Uri uri) throws FileNotFoundException {
    Phone.Media media = Phone.media.get(uri);
    final OutputStream target =
        media != null ? media.bytes : Phone.documents.computeIfAbsent(uri, absent -> new ByteArrayOutputStream());
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        if (Phone.diskFull) throw new IOException("ENOSPC");
        target.write(b);
      }
    };
  }
}
