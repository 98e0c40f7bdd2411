package android.widget;

public class TextView extends android.view.View {
  public String text;

  public TextView(android.content.Context context) {
    super(context);
  }

  public final void setText(int id) {
    text = fake.Phone.resource(id);
  }

  public void setTextSize(float sizeSp) {}

  public void setGravity(int gravity) {}
}
